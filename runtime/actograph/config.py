"""What a node can ask for without a parameter: its config, the store, the stream writer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from actograph.checkpoint.base import RunnableConfig
from actograph.constants import (
    CONF,
    CONFIG_KEY_CHECKPOINT_ID,
    CONFIG_KEY_CHECKPOINT_MAP,
    CONFIG_KEY_CHECKPOINT_NS,
    CONFIG_KEY_RUNTIME,
    CONFIG_KEY_THREAD_ID,
    PUSH,
)
from actograph.engine.current import current_task
from actograph.engine.nesting.subgraph import parents_of
from actograph.runtime import runtime_of, scope_of

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.types import StreamWriter

__all__ = ("CONF", "CONFIG_KEY_RUNTIME", "RunnableConfig", "get_config", "get_store", "get_stream_writer")


def get_config() -> RunnableConfig:
    """The config of the node that is running: the caller's, with `langgraph_*` metadata on the node.

    Raises RuntimeError outside of a run.
    """
    return cast(RunnableConfig, config_of(current_task("get_config()")))


def get_store() -> Any:
    """The store that the running graph was compiled with, or None. Raises RuntimeError outside of a run."""
    return current_task("get_store()").run.launch.store


def get_stream_writer() -> StreamWriter:
    """A function that sends its argument to readers of `stream_mode="custom"`; it does nothing when nobody reads that mode.

    Raises RuntimeError outside of a run.
    """
    return current_task("get_stream_writer()").emit


def config_of(task: Task) -> dict[str, Any]:
    """The config of a task: made when first asked for, and anew when another run has taken the task over."""
    scope = scope_of(task)
    run = task.run
    if scope.config is None or scope.run is not run:
        scope.config = _make(task)
        scope.run = run
    return scope.config


def metadata_of(task: Task) -> dict[str, Any]:
    """The metadata of a task: the caller's, and where in the graph it is."""
    given = task.run.launch.config
    configurable = given.get(CONF) or {}
    metadata = dict(given.get("metadata") or ())
    if CONFIG_KEY_THREAD_ID in configurable:
        metadata.setdefault(CONFIG_KEY_THREAD_ID, configurable[CONFIG_KEY_THREAD_ID])
    node = task.node
    if node.metadata:
        metadata.update(node.metadata)
    namespace = task.checkpoint_ns
    metadata["langgraph_step"] = task.step
    metadata["langgraph_node"] = task.name
    metadata["langgraph_triggers"] = tuple(task.triggers) or (PUSH,)
    metadata["langgraph_path"] = task.path
    metadata["langgraph_checkpoint_ns"] = namespace
    return metadata


def _make(task: Task) -> dict[str, Any]:
    launch = task.run.launch
    given = launch.config
    node = task.node
    configurable = dict(given.get(CONF) or ())
    configurable[CONFIG_KEY_CHECKPOINT_ID] = None
    configurable[CONFIG_KEY_CHECKPOINT_NS] = task.checkpoint_ns
    configurable[CONFIG_KEY_CHECKPOINT_MAP] = parents_of(task)
    configurable[CONFIG_KEY_RUNTIME] = runtime_of(task)
    config = {key: value for key, value in given.items() if key not in _OF_THE_RUN}
    if "tags" in config or node.tags:
        config["tags"] = [*config.get("tags", ()), *node.tags]
    config[CONF] = configurable
    config["metadata"] = metadata_of(task)
    if launch.trace is not None:
        config["callbacks"] = launch.trace.callbacks(task)
    elif launch.prelude is not None:
        from actograph.pregel.langchain.current import silent_manager

        config["callbacks"] = silent_manager()
    else:
        config.setdefault("callbacks", None)
    limits = task.timeout or node.timeout
    if limits is not None and limits.idle_timeout is not None and "langchain_core" in sys.modules:
        from actograph.pregel.langchain.signs import with_signs

        config["callbacks"] = with_signs(task, config["callbacks"])
    return config


_OF_THE_RUN = frozenset(("run_id", "run_name"))
"""Keys that are about the run as a whole, and not handed down."""
