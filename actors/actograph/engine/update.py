"""Updating a thread's state from outside, in the name of a node: `update_state` and its bulk form."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from actograph.actors import ActorSystem
from actograph.channels.base import MISSING
from actograph.checkpoint.base import CheckpointTuple, RunnableConfig
from actograph.checkpoint.base.id import new_checkpoint_id
from actograph.checkpoint.journal import JournalledSaver, TaskWrites
from actograph.constants import COPY, END, INPUT, NO_WRITES, PULL
from actograph.engine import workers
from actograph.engine.boot import input_writes
from actograph.engine.current import TASK
from actograph.engine.foreign import ForeignJournal, fetch
from actograph.engine.inspect import Pending
from actograph.engine.launch import Launch
from actograph.engine.nesting.subgraph import checkpoint_config
from actograph.engine.plan import Plan, Writes
from actograph.engine.recorder import ClosableJournal, take_snapshot
from actograph.engine.replay import complete
from actograph.engine.state import State, version_maker
from actograph.engine.streams.emitter import SILENT
from actograph.engine.suspended import evict_everywhere
from actograph.engine.task import Task, path_text
from actograph.errors import InvalidUpdateError, ParentCommand, _ParentSignal
from actograph.types import StateUpdate

Finished = tuple[str, Sequence[str], Writes]
"""A task of the superstep that is half done, which has ended: its node, triggers and writes."""


class Updater:
    """Stands in for a run while an update is written in a node's name: the node's writers and routers find here what they may use."""

    def __init__(self, launch: Launch, state: State, step: int, origin: str) -> None:
        self.launch = launch
        self.plan = launch.plan
        self.state = state
        self.step = step
        self.stop_at = step + launch.recursion_limit
        self.origin = origin
        self.spare_answer: Any = MISSING
        self.recorder = None
        self.stopping = False
        self.loop = asyncio.get_running_loop()

    emit = SILENT
    alone = False
    altered = False
    resumed = False
    rerun_paused = True
    bare_answer = None
    lineage: Mapping[str, str] = {}

    def emit_from(self, task: Task, mode: str, payload: Any) -> None:
        """Nobody reads a stream during an update."""

    async def call_blocking(self, task: Task, segment: Callable[[Task, Any], Any], value: Any) -> Any:
        """Run a blocking segment in a worker thread."""
        context = contextvars.copy_context()
        return await workers.WORKERS.call(context, segment, task, value)


async def update_state(launch: Launch, supersteps: Sequence[Sequence[StateUpdate]]) -> RunnableConfig:
    """Write updates, one checkpoint for each inner sequence; returns the config of the last checkpoint.

    Raises InvalidUpdateError for a node that does not exist, values that do not fit, or a node that has to be named and was not.
    """
    saver = launch.saver
    assert saver is not None
    assert launch.thread_id is not None
    if not supersteps:
        raise ValueError("no updates were given: pass at least one superstep with at least one StateUpdate")
    for superstep in supersteps:
        if not superstep:
            raise ValueError("a superstep without updates was given: each needs at least one StateUpdate")
    loop = asyncio.get_running_loop()
    address = {"thread_id": launch.thread_id, "checkpoint_ns": launch.checkpoint_ns}
    named = {} if launch.checkpoint_id is None else {"checkpoint_id": launch.checkpoint_id}
    stored = await fetch(saver, {"configurable": {**address, **named}}, launch.sync)
    stored = await complete(saver, stored, launch.plan, launch.sync)
    state, step, parent, finished = _open(launch, stored)
    parents: Mapping[str, str] = {} if stored is None else stored.metadata.get("parents") or {}
    if isinstance(saver, JournalledSaver):
        state.next_version = version_maker()
        journal: Any = saver.open_journal(**address, run_id=new_checkpoint_id(), loop=loop)
    else:
        state.next_version = saver.get_next_version
        journal = ForeignJournal(saver, **address, state=state, system=ActorSystem.current(), prefer_sync=launch.sync)
    for superstep in _copies_apart(supersteps):
        source, step, updated, writes = await _apply(launch, state, superstep, step, parent, finished)
        finished = []
        metadata = {"source": source, "step": step, "parents": parents, **launch.metadata}
        snapshot = take_snapshot(state, parent, metadata, sorted(updated))
        done: asyncio.Future[None] = loop.create_future()
        if not journal.commit(snapshot=snapshot, writes=writes, done=lambda error, done=done: _settle(done, error)):
            await asyncio.shield(done)
        parent = snapshot.checkpoint_id
    if isinstance(journal, ClosableJournal):
        journal.close()
    evict_everywhere(thread=(id(saver), launch.thread_id))
    assert parent is not None
    return checkpoint_config(launch.thread_id, launch.checkpoint_ns, parent, parents)


def _copies_apart(supersteps: Sequence[Sequence[StateUpdate]]) -> Iterator[Sequence[StateUpdate]]:
    """The supersteps; a copy that lists updates, `(values, as_node)` each, as a copy and a superstep of these."""
    for superstep in supersteps:
        first = superstep[0]
        yield superstep
        listed: Any = first.values
        if first.as_node == COPY and isinstance(listed, list) and listed:
            yield [StateUpdate(*update) for update in listed]


def _settle(done: asyncio.Future[None], error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _open(launch: Launch, stored: CheckpointTuple | None) -> tuple[State, int, str | None, list[Finished]]:
    if stored is None:
        return State(launch.plan, version_maker()), -2, None, []
    pending = Pending(launch.plan, stored)
    state = pending.state
    # The last committed state: a superstep that is half done starts over after an update, its finished tasks too, unless it is cleared.
    return state, pending.step - 1, stored.checkpoint["id"], pending.finished()


async def _apply(
    launch: Launch,
    state: State,
    updates: Sequence[StateUpdate],
    step: int,
    origin: str | None,
    finished: list[Finished],
) -> tuple[str, int, set[str], list[TaskWrites]]:
    """Fold one superstep of updates; returns its source, step, the channels that changed, and the writes of tasks it stands in for."""
    plan = launch.plan
    first = updates[0]
    if any(update.as_node == COPY for update in updates):
        if origin is None or len(updates) > 1:
            raise InvalidUpdateError(
                f"{COPY!r} copies one checkpoint of a thread, alone in its superstep: "
                + ("this thread has none yet" if origin is None else f"{len(updates)} updates were given")
            )
        return "fork", step + 1, set(), []
    if len(updates) == 1:
        if first.as_node == END:
            if first.values is not None:
                raise InvalidUpdateError(
                    f"{END!r} takes no values: pass None to clear what is left to run, or name a node"
                )
            # What waits is dropped; what has ended counts, and so does what follows it.
            ended = [*state.unfinished(), *finished]
            return "update", max(step, -1) + 1, state.fold(ended or [(INPUT, (), ())], step), []
        if first.as_node == INPUT:
            if first.values is None:
                raise InvalidUpdateError(f"{INPUT!r} needs values: the input to start from")
            return "input", step + 1, state.fold([(INPUT, (), input_writes(plan, first.values))], step + 1), []
        if first.as_node is None and first.values is None and state.versions:
            return "update", step + 1, set(), []
    step = max(step, -1) + 1
    waiting = state.triggered_by_versions()
    written = []
    stands_in: list[TaskWrites] = []
    for update in updates:
        name = update.as_node or _last_writer(plan, state)
        node = plan.nodes.get(name)
        if node is None:
            raise InvalidUpdateError(f"node {name!r} does not exist; the graph has: {', '.join(map(repr, plan.nodes))}")
        task = Task(Updater(launch, state, step, origin or ""), node, (PULL, name), node.triggers, step, update.values)  # type: ignore[arg-type]
        task.context = contextvars.copy_context()
        value: Any = update.values
        token = TASK.set(task)
        try:
            for segment in node.after:
                if segment.blocking:
                    task.context = contextvars.copy_context()
                    value = await task.run.call_blocking(task, segment.call, value)
                else:
                    value = await segment.call(task, value)
        except _ParentSignal as signal:
            raise ParentCommand(signal.command) from None
        finally:
            TASK.reset(token)
        written.append((name, node.triggers, task.writes))
        if name in waiting and origin is not None:
            stands_in.append(TaskWrites(origin, task.id, path_text(task.path), task.writes or [(NO_WRITES, None)]))
    written.sort(key=lambda entry: entry[0])
    updated = state.fold(written, step)
    if not state.triggered(updated) and plan.deferring:
        updated |= state.finish()
    return "update", step, updated, stands_in


def _last_writer(plan: Plan, state: State) -> str:
    """The node that ran last, in whose name an update counts by default."""
    latest: list[tuple[Any, str]] = sorted(
        ((max(seen.values()), name) for name, seen in state.seen.items() if name in plan.nodes and seen), reverse=True
    )
    if not latest:
        if isinstance(plan.input_channels, str) and plan.input_channels in plan.nodes:
            return plan.input_channels
        raise InvalidUpdateError(
            "no node has run on this thread yet: say in whose name the update counts with as_node=..."
        )
    if len(latest) > 1 and latest[0][0] == latest[1][0]:
        both = ", ".join(repr(name) for version, name in latest if version == latest[0][0])
        raise InvalidUpdateError(
            f"Ambiguous update, specify as_node: {both} ran last, in one superstep; pass as_node=... to choose"
        )
    return latest[0][1]
