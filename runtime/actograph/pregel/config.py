"""From a caller's config to a `Launch`: merged, checked and parsed once, so that the engine never looks inside."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, Final

from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.checkpoint.base.functions import EXCLUDED_METADATA_KEYS, get_checkpoint_metadata
from actograph.config import config_of
from actograph.constants import CONF, CONFIG_KEY_RUNTIME, DEFAULT_RECURSION_LIMIT
from actograph.engine.launch import Launch
from actograph.engine.nesting.subgraph import stable_namespace
from actograph.pregel.listening import joined_callbacks, listeners, surrounding
from actograph.pregel.nested import keeps_state_within
from actograph.pregel.place import Place, caller_of, is_shared, running_in
from actograph.pregel.teaching import teach
from actograph.runtime import control_of
from actograph.types import All, Durability

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.pregel.base import PregelBase

Config = Mapping[str, Any]

_PLACE: Final = frozenset(("thread_id", "checkpoint_id", "checkpoint_ns", "checkpoint_map"))
"""Configurable keys that say where in storage a run is."""
_KEYS: Final = frozenset(
    ("tags", "metadata", "callbacks", "run_name", "run_id", "max_concurrency", "recursion_limit", CONF)
)
"""Keys of a config. What is found beside them is taken for a configurable value."""
_OF_THE_TASK: Final = _PLACE - {"thread_id"}
"""Those that a node finds in its config, and that are about the node."""


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
    """One config of several; the later ones win. Metadata and configurable values are merged, tags and lists of callbacks joined;
    a key that configs do not have, such as a bare `thread_id`, counts as a configurable value.

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
                # A node that passes on its own config repeats what is inherited anyway.
                merged[key] = list(dict.fromkeys((*merged.get(key, ()), *value)))
            elif key == "callbacks" and merged.get(key) is not None:
                merged[key] = joined_callbacks(merged[key], value)
            elif key in _KEYS:
                merged[key] = value
        if not config.keys() <= _KEYS:
            beside = {key: value for key, value in config.items() if key not in _KEYS and value is not None}
            merged[CONF] = {**merged.get(CONF, {}), **beside}
    return merged


def _inherited(task: Task) -> dict[str, Any]:
    """What a run made inside a node takes over from that node's run: all but its place in storage and its name."""
    launch = task.run.launch
    config = {key: value for key, value in launch.config.items() if key not in ("run_id", "run_name")}
    if launch.prelude is not None:
        # What runs inside the node is heard of as a part of it.
        config["callbacks"] = config_of(task)["callbacks"]
    if CONF in config:
        config[CONF] = {key: value for key, value in config[CONF].items() if key not in _PLACE or key == "thread_id"}
    around = surrounding() if launch.prelude is not None else None
    if around is not None:
        # A runnable or a tool that the node calls: its config is the node's, with what it was given itself.
        config.update((key, around[key]) for key in ("callbacks", "tags") if key in around)
        config["metadata"] = {**config.get("metadata", {}), **around.get("metadata", {})}
        given = {key: value for key, value in around.get(CONF, {}).items() if key not in _PLACE}
        if given:
            config[CONF] = {**given, **config.get(CONF, {})}
    return config


def _with_parent(
    graph: PregelBase[Any, Any, Any, Any], config: Config | None, own: Mapping[str, Any]
) -> tuple[dict[str, Any], Task | None, Task | None]:
    """The config of a run; the task that calls it; and the same task again if the run is a part of that task's run."""
    caller = caller_of(own)
    if caller is None:
        return _cleaned(merge_configs(surrounding(), graph.config, config), own, None), None, None
    inherited = _inherited(caller)
    elsewhere = own.get("thread_id") is not None and own.get("checkpoint_ns") != caller.checkpoint_ns
    if elsewhere and not is_shared(graph, own, caller):
        # It was given a thread: it is a run of its own, which shares the caller's callbacks, tags and metadata.
        inherited.pop(CONF, None)
        merged = _cleaned(merge_configs(inherited, graph.config, config), own, caller)
        thread_id = caller.run.launch.thread_id
        if thread_id is not None:
            # Whoever traces it finds it with its caller's thread.
            merged["metadata"] = {"thread_id": thread_id, **merged.get("metadata", {})}
        return merged, caller, None
    merged = _cleaned(merge_configs(inherited, graph.config, config), own, caller)
    metadata = caller.run.launch.config.get("metadata") or {}
    merged["metadata"] = {
        **merged.get("metadata", {}),
        "checkpoint_ns": metadata.get("checkpoint_ns") or caller.checkpoint_ns,
    }
    return merged, caller, caller


def _cleaned(config: dict[str, Any], own: Mapping[str, Any], parent: Task | None) -> dict[str, Any]:
    configurable = config.get(CONF)
    if configurable is not None and any(key.startswith("__pregel_") for key in configurable):
        # A node passed on its own config; what belongs to that node stays behind.
        of_a_node = parent is None and CONFIG_KEY_RUNTIME in configurable
        config[CONF] = {
            key: value
            for key, value in configurable.items()
            if not (key.startswith("__pregel_") or (of_a_node and key in _OF_THE_TASK))
        }
    if parent is not None:
        metadata = config.get("metadata")
        if metadata:
            config["metadata"] = {key: value for key, value in metadata.items() if key not in EXCLUDED_METADATA_KEYS}
        if own.get("checkpoint_ns") == parent.checkpoint_ns and CONF in config:
            config[CONF] = {key: value for key, value in config[CONF].items() if key not in _OF_THE_TASK}
    return config


def prepare(
    graph: PregelBase[Any, Any, Any, Any],
    input: Any,
    config: Config | None,
    *,
    context: Any = None,
    modes: frozenset[str] = frozenset(),
    subgraphs: bool = False,
    output_keys: str | Sequence[str] | None = None,
    interrupt_before: All | Sequence[str] | None = None,
    interrupt_after: All | Sequence[str] | None = None,
    durability: Durability | None = None,
    control: Any = None,
    sync: bool = False,
    stream: bool = False,
    live: bool = False,
) -> Launch:
    """Everything the engine needs for one run of `graph`.

    Raises ValueError for a recursion limit below 1, a checkpointer without a thread id, an unknown output key or durability;
    TypeError for a config that is not a dict.
    """
    own = _own(graph, config)
    merged, caller, parent = _with_parent(graph, config, own)
    if durability is not None and durability not in ("sync", "async", "exit"):
        raise ValueError(f"durability {durability!r} is unknown; choose 'sync', 'async' or 'exit'")
    limit = merged.get("recursion_limit")
    limit = _LIMIT if limit is None else limit
    if not isinstance(limit, int):
        raise TypeError(f"recursion_limit must be a number of supersteps, not {limit!r} of type {type(limit).__name__}")
    if limit < 1:
        raise ValueError(
            f"recursion_limit must be at least 1, not {limit}: it is the number of supersteps a run may take"
        )
    plan = graph.plan
    if context is None:
        if caller is not None:
            context = caller.run.launch.context
    else:
        context = _coerced(graph.context_schema, context)
    store = graph.store
    if caller is not None and caller.run.launch.store is not None:
        store = caller.run.launch.store
    run_id = merged.get("run_id")
    place = Place(graph, merged, parent, sync=sync)
    if parent is not None and place.saver is not None:
        teach(place.saver, graph)
    prelude, trace = listeners(graph.name, input, merged, modes, sync=sync)
    if parent is not None:
        outer = parent.run.launch
        durability = durability or outer.durability
        alone = place.call == 0 and parent.run.alone and parent.clock is None
        if not sync and alone and outer.sync and not outer.live:
            # All there is to wait for in the caller's thread is this: its blocking code can run there too.
            sync = running_in(parent.run.loop)
    if control is None and caller is not None:
        control = control_of(caller)
    step_timeout = graph.step_timeout
    if step_timeout:
        # Sync code in the caller's thread would keep the clock from ringing.
        live = True
    return Launch(
        plan=plan,
        input=input,
        config=merged,
        recursion_limit=limit,
        context=context,
        store=store,
        cache=graph.cache,
        control=control,
        step_timeout=step_timeout,
        saver=place.saver,
        thread_id=place.thread_id,
        checkpoint_ns=place.checkpoint_ns,
        checkpoint_id=place.checkpoint_id,
        durability=durability or "async",
        modes=modes,
        subgraphs=subgraphs,
        nested=keeps_state_within,
        output_keys=plan.output_channels if output_keys is None else _keys(graph, output_keys),  # type: ignore[arg-type]
        # What is invoked shows its output, also to who reads the streams of a graph around it; what is streamed, all of its state.
        stream_keys=_keys(graph, output_keys)
        if output_keys is not None
        else plan.stream_channels
        if stream
        else plan.output_channels,  # type: ignore[arg-type]
        interrupt_before=_nodes(interrupt_before) or _nodes(plan.interrupt_before) or frozenset(),
        interrupt_after=_nodes(interrupt_after) or _nodes(plan.interrupt_after) or frozenset(),
        metadata=None if place.saver is None else _stored_metadata(merged),
        sync=sync,
        live=live,
        max_concurrency=places_in(merged),
        run_id=None if run_id is None else str(run_id),
        identity=None if place.saver is None else lambda: _identity(context, merged),
        parent=parent,
        call=place.call,
        inherits=place.inherits,
        parents=place.parents,
        replay=place.replay,
        holds=place.holds,
        prelude=prelude,
        trace=trace,
    )


def places_in(config: Mapping[str, Any]) -> int | None:
    """How many may run at once, by a config; None for any number. Raises ValueError for a bound that would let none run."""
    places = config.get("max_concurrency")
    if places is None:
        return None
    if int(places) < 1:
        raise ValueError(f"max_concurrency must be at least 1, not {places!r}: leave it out, or None, for no bound")
    return int(places)


def prepare_access(
    graph: PregelBase[Any, Any, Any, Any],
    config: Config | None,
    *,
    sync: bool = False,
    inside: PregelBase[Any, Any, Any, Any] | None = None,
) -> Launch:
    """What is needed to look at, or update, the state of a thread; `inside` is the sub-graph of `graph` whose namespace `config` names.

    Raises ValueError when the graph has no checkpointer, or `config` names no thread.
    """
    saver = graph.checkpointer
    if not isinstance(saver, BaseCheckpointSaver):
        # In a node, a sub-graph can look at what its parent's saver keeps of it.
        caller = caller_of((config or {}).get(CONF) or {})
        if caller is not None and saver is not False:
            saver = caller.run.launch.inherits
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
    place: str = configurable.get("checkpoint_ns") or ""
    if inside is not None:
        if inside.checkpointer is True:
            place = stable_namespace(place)
        if inside is not graph:
            teach(saver, inside)
        graph = inside
    plan = graph.plan
    return Launch(
        plan=plan,
        input=None,
        config=merged,
        recursion_limit=_LIMIT,
        store=graph.store,
        saver=saver,
        thread_id=str(thread_id),
        checkpoint_ns=place,
        checkpoint_id=configurable.get("checkpoint_id"),
        output_keys=plan.output_channels,  # type: ignore[arg-type]
        stream_keys=plan.stream_channels,  # type: ignore[arg-type]
        metadata=_stored_metadata(merged),
        sync=sync,
        inherits=saver,
    )


def _own(graph: PregelBase[Any, Any, Any, Any], config: Config | None) -> Mapping[str, Any]:
    """The configurable values that were given to this graph, and not taken over from a parent."""
    if type(config) is not dict or not config.keys() <= _KEYS:
        config = merge_configs(config)
    given: Mapping[str, Any] = config.get(CONF) or {}
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
        try:
            return schema(**context)
        except TypeError as error:
            error.add_note(
                f"Raised for context={context!r}, which the graph's context_schema {schema.__name__!r} has to take"
            )
            raise
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(schema, type) and issubclass(schema, pydantic.BaseModel):
        return schema(**context)
    return context


_LIMIT: Final = _default_limit()
