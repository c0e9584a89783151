"""What a stored checkpoint looks like to a person: the `StateSnapshot` of a thread."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from actograph.checkpoint.base import CheckpointTuple, RunnableConfig
from actograph.constants import ERROR, INPUT, NULL_TASK_ID
from actograph.engine.boot import planned
from actograph.engine.entries import answers_of, by_task, has_ended, plain, questions_of
from actograph.engine.nesting.subgraph import checkpoint_config
from actograph.engine.plan import Plan, Writes
from actograph.engine.state import State, counter
from actograph.engine.streams.views import result_of
from actograph.engine.task import TaskPath, path_order_of, task_id
from actograph.types import Interrupt, PregelTask, StateSnapshot

logger = logging.getLogger("actograph")


class Pending:
    """A checkpoint opened: its state, and the tasks that follow it with what they left so far."""

    def __init__(self, plan: Plan, stored: CheckpointTuple, *, ahead: bool = True) -> None:
        checkpoint = stored.checkpoint
        self.plan = plan
        self.step = stored.metadata.get("step", -2) + 1
        self.state = State(plan, counter)
        self.state.load(checkpoint["channel_values"], checkpoint["channel_versions"], checkpoint["versions_seen"])
        self.writes = by_task(stored.pending_writes or ())
        null_writes = self.writes.pop(NULL_TASK_ID, None)
        namespace = stored.config.get("configurable", {}).get("checkpoint_ns", "")
        if null_writes and ahead:
            self.state.fold([(INPUT, (), self.state.latest(null_writes))], self.step)
        names = self.state.triggered_by_versions()
        self.tasks: list[tuple[str, str, TaskPath]] = [
            (task_id(checkpoint["id"], namespace, self.step, path), name, path)
            for name, path in planned(plan, self.state, names, self.state.sends())
        ]
        if null_writes and not ahead:
            # What a command sent there later shows in the values of a past checkpoint, not in what it was about to run.
            self.state.fold([(INPUT, (), self.state.latest(null_writes))], self.step)

    def finished(self) -> list[tuple[str, Sequence[str], Writes]]:
        """Tasks that have ended, in the order of the fold, with their writes."""
        done = [(path, name, self.writes[tid]) for tid, name, path in self.tasks if self.has_ended(tid)]
        done.sort(key=lambda entry: path_order_of(entry[0]))
        return [
            (name, self.plan.nodes[name].triggers if path[1] == name else (str(path[0]),), plain(writes))
            for path, name, writes in done
        ]

    def has_ended(self, tid: str) -> bool:
        """Whether a task has left its writes."""
        return has_ended(self.writes.get(tid, []))


def snapshot_of(
    plan: Plan, stored: CheckpointTuple | None, config: RunnableConfig, keys: str | Sequence[str], *, ahead: bool
) -> StateSnapshot:
    """The snapshot of a checkpoint. With `ahead`, tasks that have ended count as if their superstep had, as for the newest state of a
    thread; a checkpoint of the past is shown as it was."""
    if stored is None:
        return StateSnapshot(
            values={},
            next=(),
            config=config,
            metadata=None,
            created_at=None,
            parent_config=None,
            tasks=(),
            interrupts=(),
        )
    pending = Pending(plan, stored, ahead=ahead)
    tasks = []
    upcoming = []
    for tid, name, path in pending.tasks:
        writes = pending.writes.get(tid, [])
        ended = pending.has_ended(tid)
        if not (ahead and ended):
            upcoming.append(name)
        tasks.append(
            PregelTask(
                tid,
                name,
                path,
                next((value for key, value in reversed(writes) if key == ERROR), None),
                () if ahead and ended else _open_questions(writes) if ahead else questions_of(writes),
                None,
                result_of(plain(writes), keys) if ended else None,
            )
        )
    if ahead:
        finished = pending.finished()
        if finished:
            # Writes that do not fit together fail the run that folds them; looking at the state must not.
            try_state = pending.state.copy()
            try:
                updated = try_state.fold(finished, pending.step)
                pending.state = try_state
                if not upcoming:
                    # All have ended, and only their superstep was not closed: what would run is what follows it.
                    upcoming = [
                        name for name, _ in planned(plan, try_state, try_state.triggered(updated), try_state.sends())
                    ]
            except Exception as error:
                logger.debug("pending writes do not fold, values are shown without them: %s", error)
    return StateSnapshot(
        values=pending.state.channels.read(keys),
        next=tuple(upcoming),
        config=_leading_to(stored.config, stored),
        metadata=stored.metadata,
        created_at=stored.checkpoint["ts"],
        parent_config=None if stored.parent_config is None else _leading_to(stored.parent_config, stored),
        tasks=tuple(tasks),
        interrupts=tuple(question for task in tasks for question in task.interrupts),
    )


def _leading_to(config: RunnableConfig, stored: CheckpointTuple) -> RunnableConfig:
    """The config of a checkpoint; with the checkpoints of the graphs around it, if there are any."""
    parents = stored.metadata.get("parents")
    if not parents:
        return config
    place = config.get("configurable", {})
    return checkpoint_config(place["thread_id"], place.get("checkpoint_ns", ""), place["checkpoint_id"], parents)


def _open_questions(writes: Writes) -> tuple[Interrupt, ...]:
    """The questions that still wait: an answer may be stored although the run that brought it was cut off."""
    answers = answers_of(writes)
    return tuple(question for question in questions_of(writes) if question.id not in answers)
