"""LangChain's callback managers: which a run gets, and how the callbacks of several configs become one."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks.base import BaseCallbackManager
from langchain_core.callbacks.manager import AsyncCallbackManager, CallbackManager
from langchain_core.tracers import context as tracers

_TRACING = ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING")
"""Environment variables by which a tracer is asked for."""


def listened(callbacks: Any) -> bool:
    """Whether anybody hears of a run with these callbacks: one of them, or a tracer that was asked for from outside."""
    if isinstance(callbacks, BaseCallbackManager):
        if callbacks.handlers or callbacks.inheritable_handlers:
            return True
    elif callbacks:
        return True
    if _traced() or tracers.tracing_v2_callback_var.get() is not None:
        return True
    return any(variable.get() is not None for variable, *_ in getattr(tracers, "_configure_hooks", ()))


@functools.cache
def _traced() -> bool:
    # Looked up once, as LangSmith itself does it.
    return any(name in os.environ for name in _TRACING)


def manager_for(
    callbacks: Any, *, sync: bool, tags: list[str] | None, metadata: Mapping[str, Any]
) -> CallbackManager | AsyncCallbackManager:
    """The manager of a run; tracers that were asked for from outside are added to the callbacks."""
    kind = CallbackManager if sync else AsyncCallbackManager
    return kind.configure(callbacks, None, False, tags, None, dict(metadata))


def joined(one: Any, other: Any) -> Any:
    """Callbacks of two configs as one: handlers of both, each once. It belongs where the first does, if that belongs anywhere."""
    if isinstance(one, BaseCallbackManager):
        if one.parent_run_id is None and isinstance(other, BaseCallbackManager) and other.parent_run_id is not None:
            return _with(other, one)
        return _with(one, other)
    if isinstance(other, BaseCallbackManager):
        return _with(other, one)
    return [*one, *(handler for handler in other if handler not in one)]


def _with(manager: BaseCallbackManager, added: Any) -> BaseCallbackManager:
    both = manager.copy()
    if isinstance(added, BaseCallbackManager):
        for handler in added.handlers:
            both.add_handler(handler, handler in added.inheritable_handlers)
        both.add_tags(added.inheritable_tags)
        both.add_tags([tag for tag in added.tags if tag not in both.tags], False)
        both.add_metadata({key: value for key, value in added.inheritable_metadata.items() if key not in both.metadata})
    else:
        for handler in added:
            both.add_handler(handler, True)
    return both


def as_sync(manager: CallbackManager | AsyncCallbackManager) -> CallbackManager:
    """The same callbacks for code that cannot await."""
    if isinstance(manager, CallbackManager):
        return manager
    return CallbackManager(
        handlers=manager.handlers,
        inheritable_handlers=manager.inheritable_handlers,
        parent_run_id=manager.parent_run_id,
        tags=manager.tags,
        inheritable_tags=manager.inheritable_tags,
        metadata=manager.metadata,
        inheritable_metadata=manager.inheritable_metadata,
    )
