"""The config that LangChain's runnables find when they are called without one: that of the node that is running.

LangChain keeps it in a context variable. Every node has its own, but making it costs more than many a node: so the variable holds one
mapping for all, which looks up the running task, and makes its config, when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from langchain_core.callbacks.manager import CallbackManager
from langchain_core.runnables.config import var_child_runnable_config

from actograph.config import config_of
from actograph.engine.current import TASK


class _CurrentConfig(dict[str, Any]):
    """The running task's config; empty outside of a task."""

    def _config(self) -> dict[str, Any]:
        task = TASK.get()
        return {} if task is None else config_of(task)

    def __bool__(self) -> bool:
        return TASK.get() is not None

    def __len__(self) -> int:
        return len(self._config())

    def __iter__(self) -> Iterator[str]:
        return iter(self._config())

    def __contains__(self, key: object) -> bool:
        return key in self._config()

    def __getitem__(self, key: str) -> Any:
        return self._config()[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self._config().get(key, default)

    def items(self) -> Any:
        return self._config().items()

    def keys(self) -> Any:
        return self._config().keys()

    def values(self) -> Any:
        return self._config().values()

    def copy(self) -> dict[str, Any]:
        return dict(self._config())


_CURRENT: Any = _CurrentConfig()


def enter() -> None:
    """Let runnables called in this context find the running node's config."""
    var_child_runnable_config.set(_CURRENT)


def silent_manager() -> CallbackManager:
    """Callbacks of a node that nobody listens to: what it calls still has a parent."""
    return CallbackManager(handlers=[], parent_run_id=uuid4())
