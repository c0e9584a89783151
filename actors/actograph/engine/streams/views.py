"""Chunks of a stream: what tasks start from and wrote, and the checkpoints between supersteps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actograph.checkpoint.base.functions import EXCLUDED_METADATA_KEYS
from actograph.constants import (
    CONF,
    CONFIG_KEY_CHECKPOINT_ID,
    CONFIG_KEY_CHECKPOINT_NS,
    CONFIG_KEY_THREAD_ID,
    ERROR,
    RETURN,
)
from actograph.engine.entries import has_ended, plain, questions_of
from actograph.types import CheckpointPayload, CheckpointTask, Interrupt, TaskPayload, TaskResultPayload

if TYPE_CHECKING:
    from actograph.checkpoint.base import RunnableConfig
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.launch import Launch
    from actograph.engine.plan import Writes
    from actograph.engine.task import Task


def update_of(writes: Sequence[tuple[str, Any]], keys: str | Sequence[str]) -> Any:
    """What a task's writes to `keys` look like in the "updates" stream: a dict; a dict for each write when a key was written more than
    once; the value itself, or a list of several, for a single output channel; None when nothing there was written."""
    if isinstance(keys, str):
        values = []
        for key, value in writes:
            if key == RETURN:
                return value
            if key == keys:
                values.append(value)
        return values if len(values) > 1 else values[0] if values else None
    shown: dict[str, Any] = {}
    repeated = False
    for key, value in writes:
        if key == RETURN:
            return value
        if key in keys:
            repeated = repeated or key in shown
            shown[key] = value
    if repeated:
        return [{key: value} for key, value in writes if key in keys]
    return shown or None


def result_of(writes: Sequence[tuple[str, Any]], keys: str | Sequence[str]) -> Any:
    """What a task's writes look like as its result in a snapshot: a dict, where `{"$writes": [...]}` stands for a key written more than
    once; the value itself for a single output channel."""
    if isinstance(keys, str):
        several = [value for key, value in writes if key == keys]
        return {"$writes": several} if len(several) > 1 else update_of(writes, keys)
    by_key: dict[str, list[Any]] = {}
    for key, value in writes:
        if key in keys or key == RETURN:
            by_key.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else {"$writes": values} for key, values in by_key.items()}


def watched(keys: str | Sequence[str], usual: str | Sequence[str], names: frozenset[str]) -> frozenset[str]:
    """The channels behind `keys`; `names` are those behind the `usual` ones."""
    if keys is usual:
        return names
    return frozenset((keys,) if isinstance(keys, str) else keys)


# -- tasks -----------------------------------------------------------------------------------------------------------------------------


def start_of(task: Task) -> TaskPayload:
    """A task as it is sent off."""
    payload: TaskPayload = {
        "id": task.id,
        "name": task.name,
        "input": task.input if task.node.complete is None else task.node.complete(task, task.input),
        "triggers": tuple(task.triggers),
    }
    metadata = _user_metadata(task)
    if metadata:
        payload["metadata"] = metadata
    return payload


def end_of(task: Task, error: BaseException | None) -> TaskResultPayload:
    """A task that ended, asks, or failed with `error`."""
    keys = task.run.plan.stream_channels
    return {
        "id": task.id,
        "name": task.name,
        "error": error,
        "result": {} if error is not None else result_of(task.writes, (keys,) if isinstance(keys, str) else keys),
        "interrupts": [] if error is not None else [question_of(question) for question in task.questions],
    }


def question_of(question: Interrupt) -> dict[str, Any]:
    """An interrupt as plain data."""
    return {"value": question.value, "id": question.id, "response_schema": question.response_schema}


def _user_metadata(task: Task) -> dict[str, Any]:
    """What the caller and the graph say about a task: metadata, and tags as one entry of it."""
    config = task.run.launch.config
    node = task.node
    found = {
        key: value
        for key, value in {**(config.get("metadata") or {}), **(node.metadata or {})}.items()
        if key not in EXCLUDED_METADATA_KEYS
    }
    tags = [tag for tag in (*(config.get("tags") or ()), *node.tags) if not tag.startswith("seq:step")]
    if tags:
        found["tags"] = tags
    return found


# -- checkpoints -----------------------------------------------------------------------------------------------------------------------


def config_at(launch: Launch, parents: Mapping[str, str], checkpoint_id: str) -> RunnableConfig:
    """The config that leads back to a checkpoint of the run, with the caller's own values."""
    place: dict[str, Any] = {
        **(launch.config.get(CONF) or {}),
        CONFIG_KEY_CHECKPOINT_NS: launch.checkpoint_ns,
        CONFIG_KEY_THREAD_ID: launch.thread_id,
        CONFIG_KEY_CHECKPOINT_ID: checkpoint_id,
    }
    if parents:
        place["checkpoint_map"] = {**parents, launch.checkpoint_ns: checkpoint_id}
    return {CONF: place}


def checkpoint_of(
    run: Coordinator, tasks: Sequence[Task], metadata: Mapping[str, Any], parent_config: RunnableConfig | None
) -> CheckpointPayload[Any]:
    """The checkpoint that `tasks` of a run start from, with what an earlier run left of them."""
    keys = run.plan.stream_channels
    return {
        "config": config_at(run.launch, metadata.get("parents") or {}, run.origin),
        "parent_config": parent_config,
        "values": run.state.channels.read(keys),
        "metadata": dict(metadata),  # type: ignore[typeddict-item]
        "next": [task.name for task in tasks],
        "tasks": [_left_of(task, run.stored_writes.get(task.id, []), keys) for task in tasks],
    }


def _left_of(task: Task, writes: Writes, keys: str | Sequence[str]) -> CheckpointTask:
    """A task and what an earlier run stored of it."""
    shown: CheckpointTask = {"id": task.id, "name": task.name}  # type: ignore[typeddict-item]
    error = next((value for key, value in writes if key == ERROR), None)
    if has_ended(writes):
        shown["result"] = result_of(plain(writes), keys)
        shown["interrupts"] = ()
    elif error is not None:
        shown["error"] = error
    else:
        shown["interrupts"] = tuple(question_of(question) for question in questions_of(writes))
    launch = task.run.launch
    shown["state"] = None
    if launch.nested is not None and launch.nested(task.node.code):
        place: RunnableConfig = {
            "configurable": {CONFIG_KEY_THREAD_ID: launch.thread_id, CONFIG_KEY_CHECKPOINT_NS: task.checkpoint_ns}
        }
        shown["state"] = place
    return shown
