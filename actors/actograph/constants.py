"""Names that occur in data: reserved nodes, channels and keys. They are LangGraph's, so that stored threads and streams read the same."""

from __future__ import annotations

import warnings
from typing import Any, Final

START: Final = "__start__"
"""The first node, which every graph has: edges from it lead to the nodes that run first."""
END: Final = "__end__"
"""The last node, which every graph has: an edge to it ends its path."""

TAG_NOSTREAM: Final = "nostream"
"""Tag that keeps a chat model's tokens out of `stream_mode="messages"`."""
TAG_HIDDEN: Final = "langsmith:hidden"
"""Tag that hides a node or edge from traces and from `stream_mode="updates"`."""

CONF: Final = "configurable"
CONFIG_KEY_CHECKPOINTER: Final = "__pregel_checkpointer"
CONFIG_KEY_RUNTIME: Final = "__pregel_runtime"
CONFIG_KEY_THREAD_ID: Final = "thread_id"
CONFIG_KEY_CHECKPOINT_ID: Final = "checkpoint_id"
CONFIG_KEY_CHECKPOINT_NS: Final = "checkpoint_ns"
CONFIG_KEY_CHECKPOINT_MAP: Final = "checkpoint_map"

# Reserved channels and special writes.
TASKS: Final = "__pregel_tasks"
INPUT: Final = "__input__"
COPY: Final = "__copy__"
"""In whose name `update_state` copies a checkpoint."""
ERROR: Final = "__error__"
ERROR_SOURCE: Final = "__error_source_node__"
INTERRUPT: Final = "__interrupt__"
RESUME: Final = "__resume__"
NO_WRITES: Final = "__no_writes__"
RETURN: Final = "__return__"
PREVIOUS: Final = "__previous__"
"""Channel of what a run of an entrypoint leaves for the next."""
CACHE_NS: Final = "__pregel_ns_writes"
"""First part of the namespaces of cached results."""
NULL_TASK_ID: Final = "00000000-0000-0000-0000-000000000000"

# First part of a task's path: pushed by `Send`, or pulled by a trigger. Their order is the order of the writes.
PUSH: Final = "__pregel_push"
PULL: Final = "__pregel_pull"

NS_SEP: Final = "|"
"""Between the levels of a checkpoint namespace: `parent:task_id|child:task_id`."""
NS_END: Final = ":"
"""Between a node's name and its task's id within one level."""

BRANCH_TO: Final = "branch:to:"
JOIN_TO: Final = "join:"
DEFAULT_RECURSION_LIMIT: Final = 10007


def __getattr__(name: str) -> Any:
    """`Send` and `Interrupt`, which programs for older versions import from here; with a warning. Raises AttributeError."""
    if name not in ("Send", "Interrupt"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import types

    warnings.warn(f"import {name} from actograph.types", DeprecationWarning, stacklevel=2)
    return getattr(types, name)
