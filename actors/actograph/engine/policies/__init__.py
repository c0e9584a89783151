"""What becomes of a task beside its work: caches, time limits, error handlers, drains."""
