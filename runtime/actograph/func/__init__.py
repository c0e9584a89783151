"""The functional API: workflows as plain functions, whose tasks are recorded."""

from __future__ import annotations

from actograph.func.entry import entrypoint
from actograph.func.task import task

__all__ = ("entrypoint", "task")
