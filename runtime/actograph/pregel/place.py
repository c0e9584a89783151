"""Where in storage a run is: a run of its own on a thread, or a part of the run whose node calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.constants import CONF, CONFIG_KEY_RUNTIME
from actograph.engine.current import TASK
from actograph.engine.launch import Replay
from actograph.engine.nesting.subgraph import namespace_of_call, parents_of
from actograph.engine.task import TaskState

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.pregel.base import PregelBase


class Place:
    """Where in storage a run is: its saver, if any, thread, namespace and checkpoint."""

    __slots__ = (
        "call",
        "checkpoint_id",
        "checkpoint_ns",
        "holds",
        "inherits",
        "parents",
        "replay",
        "saver",
        "thread_id",
    )

    def __init__(
        self, graph: PregelBase[Any, Any, Any, Any], config: dict[str, Any], parent: Task | None, *, sync: bool
    ) -> None:
        configurable = config.get(CONF) or {}
        thread_id = configurable.get("thread_id")
        self.thread_id = None if thread_id is None else str(thread_id)
        self.checkpoint_id: str | None = None
        self.parents: dict[str, str] = {}
        self.replay: Replay | None = None
        self.call = 0
        self.checkpoint_ns = ""
        self.saver: BaseCheckpointSaver[Any] | None = None
        if parent is None:
            self._of_its_own(graph, configurable)
        else:
            self._within(graph, parent, sync)

    def _of_its_own(self, graph: PregelBase[Any, Any, Any, Any], configurable: Mapping[str, Any]) -> None:
        saver = graph.checkpointer
        if saver is True:
            raise RuntimeError(
                "checkpointer=True gives a sub-graph memory of its own inside a parent with a checkpointer; this graph was called by "
                "itself: compile it with a saver, e.g. InMemorySaver()"
            )
        self.holds = True
        self.saver = self.inherits = saver if isinstance(saver, BaseCheckpointSaver) else None
        if self.saver is None:
            return
        if self.thread_id is None:
            raise ValueError(
                f"graph {graph.name!r} has a checkpointer, so its runs need a thread: pass "
                'config={"configurable": {"thread_id": "..."}} (the same id continues the thread)'
            )
        lineage: Mapping[str, str] = configurable.get("checkpoint_map") or {}
        # The config of a sub-graph's checkpoint leads here by way of the checkpoint of this graph that it was made in.
        self.checkpoint_id = lineage.get("") if configurable.get("checkpoint_ns") else configurable.get("checkpoint_id")
        if self.checkpoint_id is not None:
            self.parents = dict(lineage)
            self.replay = Replay()

    def _within(self, graph: PregelBase[Any, Any, Any, Any], parent: Task, sync: bool) -> None:
        outer = parent.run.launch
        own_memory = graph.checkpointer is True
        self.call = parent.called
        parent.called += 1
        self.inherits = outer.inherits
        if graph.checkpointer is not False and self.thread_id is not None:
            self.saver = outer.inherits
        self.checkpoint_ns = namespace_of_call(parent, self.call, own_memory=own_memory and self.saver is not None)
        self.parents = parents_of(parent)
        self.replay = outer.replay
        # In another loop than the one its caller waits in, nothing could be resumed in place.
        self.holds = outer.holds and not sync and running_in(parent.run.loop)


def running_in(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the caller is in this loop."""
    return asyncio._get_running_loop() is loop


def caller_of(own: Mapping[str, Any]) -> Task | None:
    """The task that calls a graph: the one whose code is running; or the one whose config is passed on, by code that a library started
    without the task's context."""
    task = TASK.get()
    if task is None and CONFIG_KEY_RUNTIME in own:
        task = getattr(own[CONFIG_KEY_RUNTIME], "_task", None)
        if task is not None and task.state is not TaskState.RUNNING:
            return None
    return task


def is_shared(graph: PregelBase[Any, Any, Any, Any], own: Mapping[str, Any], caller: Task) -> bool:
    """Whether a graph is given its caller's very thread in its caller's saver: there it can only be a part of its caller's run."""
    outer = caller.run.launch
    return outer.saver is not None and graph.checkpointer is outer.saver and str(own["thread_id"]) == outer.thread_id
