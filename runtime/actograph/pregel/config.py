"""From a caller's config to a `Launch`: merged, checked and parsed once, so that the engine never looks inside."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, Final

from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.checkpoint.base.functions import EXCLUDED_METADATA_KEYS, get_checkpoint_metadata
from actograph.constants import CONF, DEFAULT_RECURSION_LIMIT
from actograph.engine.current import TASK
from actograph.engine.launch import Launch
from actograph.types import All, Durability

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.pregel.base import PregelBase

Config = Mapping[str, Any]

_MODES: Final = frozenset(("values", "updates", "custom"))
_PLACE: Final = frozenset(("thread_id", "checkpoint_id", "checkpoint_ns", "checkpoint_map"))
"""Configurable keys that say where in storage a run is."""


def _default_limit() -> int:
    for name in ("ACTOGRAPH_DEFAULT_RECURSION_LIMIT", "LANGGRAPH_DEFAULT_RECURSION_LIMIT"):
        text = os.environ.get(name)
        if text:
            try:
                return int(text)
            except ValueError:
                raise ValueError(f"environment variable {name} must be a number of supersteps, not {text!r}") from None
    return DEFAULT_RECURSION_LIMIT


def merge_configs(*configs: Config | None) -> dict[str, Any]:
    """One config of several; the later ones win. Metadata and configurable values are merged, tags and lists of callbacks joined.

    Raises TypeError for what is not a mapping.
    """
    merged: dict[str, Any] = {}
    for config in configs:
        if config is None:
            continue
        if not isinstance(config, Mapping):
            raise TypeError(
                f'config must be a dict such as {{"configurable": {{"thread_id": "1"}}}}, not {type(config).__name__}'
            )
        for key, value in config.items():
            if value is None:
                continue
            if key in (CONF, "metadata"):
                if not isinstance(value, Mapping):
                    raise TypeError(f"config[{key!r}] must be a dict, not {type(value).__name__}")
                merged[key] = {**merged.get(key, {}), **value}
            elif key == "tags":
                merged[key] = [*merged.get(key, ()), *value]
            elif key == "callbacks" and isinstance(value, list) and isinstance(merged.get(key), list):
                merged[key] = [*merged[key], *value]
            else:
                merged[key] = value
    return merged


def _inherited(task: Task) -> dict[str, Any]:
    """What a run made inside a node takes over from that node's run: all but its place in storage and its name."""
    config = {key: value for key, value in task.run.launch.config.items() if key not in ("run_id", "run_name")}
    if CONF in config:
        config[CONF] = {key: value for key, value in config[CONF].items() if key not in _PLACE or key == "thread_id"}
    return config


class _Place:
    """Where in storage a run is: its saver, if any, thread, namespace and checkpoint."""

    __slots__ = ("checkpoint_id", "checkpoint_ns", "saver", "thread_id")

    def __init__(
        self, graph: PregelBase[Any, Any, Any, Any], config: dict[str, Any], own: Mapping[str, Any], parent: Task | None
    ) -> None:
        saver = graph.checkpointer
        if saver is True:
            if parent is None:
                raise RuntimeError(
                    "checkpointer=True gives a sub-graph memory of its own inside a parent with a checkpointer; this graph was called by "
                    "itself: compile it with a saver, e.g. InMemorySaver()"
                )
            saver = None
        configurable = config.get(CONF) or {}
        thread_id = configurable.get("thread_id")
        if parent is not None and isinstance(saver, BaseCheckpointSaver):
            outer = parent.run.launch
            passed_on = own.get("checkpoint_ns") == parent.checkpoint_ns
            if thread_id is not None and ("thread_id" not in own or passed_on) and str(thread_id) == outer.thread_id:
                # Only its caller's thread is known, and that belongs to the caller.
                saver = None
            elif saver is outer.saver and thread_id is not None and str(thread_id) == outer.thread_id:
                saver = None
        self.saver: BaseCheckpointSaver[Any] | None = saver if isinstance(saver, BaseCheckpointSaver) else None
        if self.saver is not None and thread_id is None:
            raise ValueError(
                f"graph {graph.name!r} has a checkpointer, so its runs need a thread: pass "
                'config={"configurable": {"thread_id": "..."}} (the same id continues the thread)'
            )
        self.thread_id = None if thread_id is None else str(thread_id)
        self.checkpoint_id: str | None = (
            own.get("checkpoint_id") if parent is not None else configurable.get("checkpoint_id")
        )
        self.checkpoint_ns = ""


def _with_parent(graph: PregelBase[Any, Any, Any, Any], config: Config | None) -> tuple[dict[str, Any], Task | None]:
    parent = TASK.get()
    if parent is None:
        return merge_configs(graph.config, config), None
    return merge_configs(_inherited(parent), graph.config, config), parent


def _cleaned(config: dict[str, Any], own: Mapping[str, Any], parent: Task | None) -> dict[str, Any]:
    configurable = config.get(CONF)
    if configurable is not None and any(key.startswith("__pregel_") for key in configurable):
        # A node passed on its own config; what belongs to that node stays behind.
        config[CONF] = {key: value for key, value in configurable.items() if not key.startswith("__pregel_")}
    if parent is not None:
        metadata = config.get("metadata")
        if metadata:
            config["metadata"] = {key: value for key, value in metadata.items() if key not in EXCLUDED_METADATA_KEYS}
        if own.get("checkpoint_ns") == parent.checkpoint_ns and CONF in config:
            config[CONF] = {
                key: value for key, value in config[CONF].items() if key not in ("checkpoint_ns", "checkpoint_id")
            }
    return config


def prepare(
    graph: PregelBase[Any, Any, Any, Any],
    input: Any,
    config: Config | None,
    *,
    context: Any = None,
    modes: frozenset[str] = frozenset(),
    output_keys: str | Sequence[str] | None = None,
    interrupt_before: All | Sequence[str] | None = None,
    interrupt_after: All | Sequence[str] | None = None,
    durability: Durability | None = None,
    sync: bool = False,
    live: bool = False,
) -> Launch:
    """Everything the engine needs for one run of `graph`.

    Raises ValueError for a recursion limit below 1, a checkpointer without a thread id, an unknown stream mode, output key or durability;
    TypeError for a config that is not a dict.
    """
    merged, parent = _with_parent(graph, config)
    own = _own(graph, config)
    place = _Place(graph, merged, own, parent)
    merged = _cleaned(merged, own, parent)
    unknown = modes - _MODES
    if unknown:
        raise ValueError(
            f"stream mode {', '.join(map(repr, sorted(unknown)))} is not offered; choose among {', '.join(sorted(_MODES))}"
        )
    if durability is not None and durability not in ("sync", "async", "exit"):
        raise ValueError(f"durability {durability!r} is unknown; choose 'sync', 'async' or 'exit'")
    limit = merged.get("recursion_limit")
    limit = _LIMIT if limit is None else limit
    if limit < 1:
        raise ValueError(
            f"recursion_limit must be at least 1, not {limit}: it is the number of supersteps a run may take"
        )
    plan = graph.plan
    if context is None:
        if parent is not None:
            context = parent.run.launch.context
    else:
        context = _coerced(graph.context_schema, context)
    store = graph.store
    if store is None and parent is not None:
        store = parent.run.launch.store
    run_id = merged.get("run_id")
    return Launch(
        plan=plan,
        input=input,
        config=merged,
        recursion_limit=limit,
        context=context,
        store=store,
        saver=place.saver,
        thread_id=place.thread_id,
        checkpoint_ns=place.checkpoint_ns,
        checkpoint_id=place.checkpoint_id,
        durability=durability or "async",
        modes=modes,
        output_keys=plan.output_channels if output_keys is None else _keys(graph, output_keys),  # type: ignore[arg-type]
        stream_keys=plan.stream_channels if output_keys is None else _keys(graph, output_keys),  # type: ignore[arg-type]
        interrupt_before=_nodes(interrupt_before) or _nodes(plan.interrupt_before) or frozenset(),
        interrupt_after=_nodes(interrupt_after) or _nodes(plan.interrupt_after) or frozenset(),
        metadata=None if place.saver is None else _stored_metadata(merged),
        sync=sync,
        live=live,
        max_concurrency=merged.get("max_concurrency"),
        run_id=None if run_id is None else str(run_id),
        identity=None if place.saver is None else lambda: _identity(context, merged),
        parent=parent,
    )


def prepare_access(graph: PregelBase[Any, Any, Any, Any], config: Config | None, *, sync: bool = False) -> Launch:
    """What is needed to look at, or update, the state of a thread.

    Raises ValueError when the graph has no checkpointer, or `config` names no thread.
    """
    saver = graph.checkpointer
    if not isinstance(saver, BaseCheckpointSaver):
        raise ValueError(
            f"No checkpointer set: graph {graph.name!r} keeps no state; compile it with one, e.g. compile(checkpointer=InMemorySaver())"
        )
    merged = merge_configs(graph.config, config)
    configurable = merged.get(CONF) or {}
    thread_id = configurable.get("thread_id")
    if thread_id is None:
        raise ValueError('the state of which thread? pass config={"configurable": {"thread_id": "..."}}')
    merged = _cleaned(merged, configurable, None)
    plan = graph.plan
    return Launch(
        plan=plan,
        input=None,
        config=merged,
        recursion_limit=_LIMIT,
        store=graph.store,
        saver=saver,
        thread_id=str(thread_id),
        checkpoint_ns=configurable.get("checkpoint_ns") or "",
        checkpoint_id=configurable.get("checkpoint_id"),
        output_keys=plan.output_channels,  # type: ignore[arg-type]
        stream_keys=plan.stream_channels,  # type: ignore[arg-type]
        metadata=_stored_metadata(merged),
        sync=sync,
    )


def _own(graph: PregelBase[Any, Any, Any, Any], config: Config | None) -> Mapping[str, Any]:
    """The configurable values that were given to this graph, and not taken over from a parent."""
    given: Mapping[str, Any] = (config or {}).get(CONF) or {}
    bound: Mapping[str, Any] = (graph.config or {}).get(CONF) or {}
    return {**bound, **given} if bound else given


def _keys(graph: PregelBase[Any, Any, Any, Any], keys: str | Sequence[str]) -> str | list[str]:
    for key in (keys,) if isinstance(keys, str) else keys:
        if key not in graph.plan.channels:
            raise ValueError(
                f"output_keys names {key!r}, which is no key of the state; there are: {', '.join(sorted(graph.plan.stream_names))}"
            )
    return keys if isinstance(keys, str) else list(keys)


def _nodes(nodes: str | Iterable[str] | None) -> str | frozenset[str] | None:
    if nodes is None or nodes == "*":
        return None if nodes is None else "*"
    return frozenset((nodes,) if isinstance(nodes, str) else nodes)


def _stored_metadata(config: Config) -> dict[str, Any]:
    return get_checkpoint_metadata(config, {}) if config.get(CONF) or config.get("metadata") else {}  # type: ignore[arg-type, return-value]


def _identity(context: Any, config: Config) -> tuple[Any, Any, Any]:
    """Equal for two runs that a node could not tell apart. Compared, never hashed."""
    configurable = {key: value for key, value in (config.get(CONF) or {}).items() if key not in _PLACE}
    return (context, configurable, config.get("metadata") or {})


def _coerced(schema: Any, context: Any) -> Any:
    """A dict becomes the dataclass or model that `context_schema` says; anything else is handed on."""
    if schema is None or not isinstance(context, dict):
        return context
    if isinstance(schema, type) and is_dataclass(schema):
        return schema(**context)
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(schema, type) and issubclass(schema, pydantic.BaseModel):
        return schema(**context)
    return context


_LIMIT: Final = _default_limit()
