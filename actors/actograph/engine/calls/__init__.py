"""Calls of `@task` functions: child tasks of the task that makes them."""
