"""Payloads of the stream modes "tasks" and "checkpoints", made of a `PregelExecutableTask`: for code that runs tasks itself.

Runs of a graph make theirs in the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from actograph.channels.base import BaseChannel
from actograph.checkpoint.base import CheckpointMetadata, RunnableConfig
from actograph.checkpoint.base.functions import EXCLUDED_METADATA_KEYS
from actograph.constants import (
    CONF,
    CONFIG_KEY_CHECKPOINT_NS,
    CONFIG_KEY_THREAD_ID,
    ERROR,
    INTERRUPT,
    NS_END,
    NS_SEP,
    RETURN,
    TAG_HIDDEN,
)
from actograph.engine.entries import has_ended, plain, questions_of
from actograph.engine.streams.views import question_of, result_of
from actograph.types import (
    CheckpointPayload,
    CheckpointTask,
    PregelExecutableTask,
    PregelTask,
    StateSnapshot,
    TaskPayload,
    TaskResultPayload,
)

__all__ = (
    "CONF",
    "CONFIG_KEY_CHECKPOINT_NS",
    "ERROR",
    "INTERRUPT",
    "NS_END",
    "NS_SEP",
    "RETURN",
    "TAG_HIDDEN",
    "is_multiple_channel_write",
    "map_debug_checkpoint",
    "map_debug_task_results",
    "map_debug_tasks",
    "map_task_result_writes",
    "rm_pregel_keys",
    "tasks_w_writes",
)

Writes = Sequence[tuple[str, Any]]


def map_debug_tasks(tasks: Iterable[PregelExecutableTask]) -> Iterator[TaskPayload]:
    """The starts of tasks; those with the tag for hidden ones are left out."""
    for task in tasks:
        tags = list(task.config.get("tags") or ())
        if TAG_HIDDEN in tags:
            continue
        payload: TaskPayload = {"id": task.id, "name": task.name, "input": task.input, "triggers": task.triggers}
        metadata: dict[str, Any] = {
            key: value
            for key, value in (task.config.get("metadata") or {}).items()
            if key not in EXCLUDED_METADATA_KEYS and not key.startswith("langgraph_")
        }
        shown = [tag for tag in tags if not tag.startswith("seq:step")]
        if shown:
            metadata["tags"] = shown
        if metadata:
            payload["metadata"] = metadata
        yield payload


def map_debug_task_results(
    task_tup: tuple[PregelExecutableTask, Writes], stream_keys: str | Sequence[str]
) -> Iterator[TaskResultPayload]:
    """The end of a task that made these writes, of which those to `stream_keys` are shown."""
    task, writes = task_tup
    keys = [stream_keys] if isinstance(stream_keys, str) else list(stream_keys)
    yield {
        "id": task.id,
        "name": task.name,
        "error": next((value for key, value in writes if key == ERROR), None),
        "result": result_of([write for write in writes if write[0] in keys], keys),
        "interrupts": [question_of(question) for question in questions_of(list(writes))],
    }


def map_debug_checkpoint(
    config: RunnableConfig,
    channels: Mapping[str, BaseChannel[Any, Any, Any]],
    stream_channels: str | Sequence[str],
    metadata: CheckpointMetadata,
    tasks: Iterable[PregelExecutableTask],
    pending_writes: Sequence[tuple[str, str, Any]] | None,
    parent_config: RunnableConfig | None,
    output_keys: str | Sequence[str],
) -> Iterator[CheckpointPayload[Any]]:
    """A checkpoint: the values of `stream_channels`, and the tasks that follow with what they have left in `pending_writes`."""
    upcoming = list(tasks)
    place = config.get(CONF) or {}
    outer = place.get(CONFIG_KEY_CHECKPOINT_NS) or ""
    shown = []
    for task in upcoming:
        writes = [(key, value) for tid, key, value in pending_writes or () if tid == task.id]
        state: RunnableConfig | None = None
        if task.subgraphs:
            own = f"{task.name}{NS_END}{task.id}"
            namespace = f"{outer}{NS_SEP}{own}" if outer else own
            state = {CONF: {CONFIG_KEY_THREAD_ID: place.get(CONFIG_KEY_THREAD_ID), CONFIG_KEY_CHECKPOINT_NS: namespace}}
        shown.append(_pending(task, writes, output_keys, state))
    yield {
        "config": rm_pregel_keys(config),
        "parent_config": rm_pregel_keys(parent_config),
        "values": _values(channels, stream_channels),
        "metadata": metadata,
        "next": [task.name for task in upcoming],
        "tasks": shown,
    }


def _pending(
    task: PregelExecutableTask,
    writes: list[tuple[str, Any]],
    keys: str | Sequence[str],
    state: RunnableConfig | None,
) -> CheckpointTask:
    error = next((value for key, value in writes if key == ERROR), None)
    questions = tuple(question_of(question) for question in questions_of(writes))
    if has_ended(writes):
        result = result_of(plain(writes), keys)
        return {"id": task.id, "name": task.name, "result": result, "interrupts": questions, "state": state}
    if error is not None:
        return {"id": task.id, "name": task.name, "error": error, "state": state}
    return {"id": task.id, "name": task.name, "interrupts": questions, "state": state}


def _values(channels: Mapping[str, BaseChannel[Any, Any, Any]], keys: str | Sequence[str]) -> Any:
    if isinstance(keys, str):
        return channels[keys].get() if channels[keys].is_available() else None
    return {key: channels[key].get() for key in keys if channels[key].is_available()}


def rm_pregel_keys(config: RunnableConfig | None) -> RunnableConfig | None:
    """The configurable values of a config without the engine's own; None for None."""
    if config is None:
        return None
    return {CONF: {key: value for key, value in (config.get(CONF) or {}).items() if not key.startswith("__pregel_")}}


def is_multiple_channel_write(value: Any) -> bool:
    """Whether a task's result for a key stands for several writes: `{"$writes": [...]}`."""
    return isinstance(value, dict) and isinstance(value.get("$writes"), list)


def map_task_result_writes(writes: Writes) -> dict[str, Any]:
    """What a task wrote as one dict, where `{"$writes": [...]}` stands for a key that was written more than once."""
    result: dict[str, Any] = result_of(writes, [key for key, _ in writes]) or {}
    return result


def tasks_w_writes(
    tasks: Iterable[PregelTask | PregelExecutableTask],
    pending_writes: Sequence[tuple[str, str, Any]] | None,
    states: Mapping[str, RunnableConfig | StateSnapshot] | None,
    output_keys: str | Sequence[str],
    *,
    live: bool = False,
) -> tuple[PregelTask, ...]:
    """Tasks as a snapshot shows them, with what they have left in `pending_writes`: errors, questions, results.

    Results have what was written to `output_keys`. `states` are those of sub-graphs, by task id. `live` is accepted for LangGraph's sake:
    what is shown is the same in a run and after it.
    """
    shown = []
    for task in tasks:
        writes = [(key, value) for tid, key, value in pending_writes or () if tid == task.id]
        error = next((value for key, value in writes if key == ERROR), None)
        questions = tuple(questions_of(writes))
        result = next((value for key, value in writes if key == RETURN), None)
        if result is None and writes and error is None and not questions:
            keys = [output_keys] if isinstance(output_keys, str) else list(output_keys)
            result = result_of(plain(writes), keys)
            if isinstance(output_keys, str) and isinstance(result, dict):
                result = result.get(output_keys)
        state = None if states is None else states.get(task.id)
        shown.append(PregelTask(task.id, task.name, task.path, error, questions, state, result))
    return tuple(shown)
