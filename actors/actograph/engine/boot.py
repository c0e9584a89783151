"""How a run begins: on an empty thread, with new input, from a pause, or again from a checkpoint of the past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from actograph.channels.base import MISSING
from actograph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from actograph.checkpoint.base.id import new_checkpoint_id
from actograph.checkpoint.journal import JournalledSaver, TaskWrites
from actograph.constants import INPUT, INTERRUPT, NULL_TASK_ID, PULL, PUSH, RESUME, TASKS
from actograph.engine.entries import answers_of, asked_of, by_task, has_ended, questions_of, resume_record
from actograph.engine.foreign import ForeignJournal, fetch
from actograph.engine.messages import Loaded
from actograph.engine.nesting.subgraph import bare_answer, find_own, take_answers
from actograph.engine.plan import Plan, Writes
from actograph.engine.policies.rescue import failure_in, handler_of
from actograph.engine.recorder import Recorder
from actograph.engine.replay import complete
from actograph.engine.saving import record_checkpoint
from actograph.engine.state import State, version_maker
from actograph.engine.superstep import next_from
from actograph.engine.suspended import Registry
from actograph.engine.task import TaskPath, path_text, task_id
from actograph.errors import EmptyInputError
from actograph.types import Command

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator


def load(run: Coordinator) -> None:
    """Read the checkpoint to go on from; it comes back to the run as a message."""
    task = run.loop.create_task(_load(run))
    run.system_tasks.add(task)

    def ended(task: asyncio.Task[None]) -> None:
        run.system_tasks.discard(task)
        if task.cancelled():
            # Perhaps before it began: then it has told nobody.
            run.address.tell(Loaded(error=asyncio.CancelledError()))

    task.add_done_callback(ended)


async def _load(run: Coordinator) -> None:
    launch = run.launch
    saver = launch.saver
    assert saver is not None
    address = {"thread_id": launch.thread_id, "checkpoint_ns": launch.checkpoint_ns}
    try:
        if launch.parent is not None:
            message = await find_own(run)
        elif launch.checkpoint_id is None:
            message = Loaded(await fetch(saver, {"configurable": address}, launch.sync))
        else:
            stored = await fetch(
                saver, {"configurable": {**address, "checkpoint_id": launch.checkpoint_id}}, launch.sync
            )
            head = await fetch(saver, {"configurable": address}, launch.sync)
            newest = stored is None or head is None or head.checkpoint["id"] == stored.checkpoint["id"]
            message = Loaded(stored, newest)
        if launch.plan.replayed:
            whole = await complete(saver, message.stored, launch.plan, launch.sync)
            message = msgspec.structs.replace(message, stored=whole)
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        run.address.tell(Loaded(error=error))
        return
    run.address.tell(message)


def begin(run: Coordinator, loaded: Loaded) -> None:
    """Bring a run to its first superstep. Raises what is wrong with the input."""
    launch = run.launch
    stored: CheckpointTuple | None = loaded.stored
    state = run.state
    given = launch.input
    command = given if isinstance(given, Command) else None
    pending: dict[str, Writes] = {}
    step = -2
    if launch.saver is not None:
        if stored is not None:
            step = stored.metadata.get("step", -2)
            run.origin = stored.checkpoint["id"]
            run.lineage = stored.metadata.get("parents") or {}
            if launch.checkpoint_id is not None and launch.replay is not None:
                launch.replay.floor = _floor(stored)
            pending = by_task(stored.pending_writes or ())
        _open_recorder(run, launch.saver, stored)
        if stored is not None:
            checkpoint = stored.checkpoint
            state.load(checkpoint["channel_values"], checkpoint["channel_versions"], checkpoint["versions_seen"])
    elif command is not None and command.resume is not None:
        raise RuntimeError(
            "Command(resume=...) needs a graph compiled with a checkpointer: without one nothing is kept that could be resumed; use "
            "graph.compile(checkpointer=...)"
        )
    if not run.origin:
        # A graph called in a node is named after that node's task, the same on every replay, so that its questions find their answers.
        run.origin = new_checkpoint_id() if launch.parent is None else launch.parent.name_of_call(launch.call)
    run.step = step + 1
    run.stop_at = run.step + launch.recursion_limit + 1
    null_writes = pending.pop(NULL_TASK_ID, [])
    going_on = (
        stored is not None
        and bool(stored.checkpoint["channel_versions"])
        and (loaded.resumes or given is None or command is not None)
    )
    if going_on:
        assert stored is not None
        named = launch.checkpoint_id is not None or loaded.named
        fork = named and _starts_a_branch(stored, command, loaded.newest)
        if (
            launch.parent is not None
            and stored.metadata.get("source") == "update"
            and not any(map(questions_of, pending.values()))
        ):
            # What it asked was on the checkpoint before: an answer without an id is for what it asks now.
            run.spare_answer = bare_answer(launch.parent)
        _go_on(run, pending, null_writes, command, named=named, fork=fork)
        return
    if given is None:
        raise EmptyInputError(
            f"there is nothing to continue on thread {launch.thread_id!r}: invoke the graph with an input (None continues a paused thread)"
            if launch.saver is not None
            else "the graph got no input (None continues a paused thread, which needs a checkpointer): pass a state"
        )
    _start_afresh(run, given, null_writes)


def _open_recorder(run: Coordinator, saver: BaseCheckpointSaver[Any], stored: CheckpointTuple | None) -> None:
    launch = run.launch
    thread_id = launch.thread_id
    assert thread_id is not None
    if isinstance(saver, JournalledSaver):
        run.state.next_version = version_maker()
        journal: Any = saver.open_journal(
            thread_id=thread_id,
            checkpoint_ns=launch.checkpoint_ns,
            run_id=launch.run_id or new_checkpoint_id(),
            loop=run.loop,
        )
    else:
        run.state.next_version = saver.get_next_version
        journal = ForeignJournal(
            saver,
            thread_id=thread_id,
            checkpoint_ns=launch.checkpoint_ns,
            state=run.state,
            system=run.system,
            prefer_sync=launch.sync,
        )
    parent = stored.checkpoint["id"] if stored is not None else None
    run.recorder = Recorder(journal, launch.durability, parent, run.notify_stored)


def _start_afresh(run: Coordinator, given: Any, null_writes: Writes) -> None:
    """New input: what was left unfinished on the thread is dropped, and the input is the next superstep."""
    state = run.state
    plan = run.plan
    Registry.of(run.loop).reconcile(run, afresh=True)
    writes = input_writes(plan, given)
    if not writes:
        raise EmptyInputError(
            f"the input has none of the channels the graph reads its input from: {plan.input_channels}"
        )
    if isinstance(given, Command):
        # Where it goes is decided when the entry node runs.
        updates = [
            write for write in command_writes(plan, given) if write[0] != TASKS and write[0] not in plan.trigger_index
        ]
        writes = [*updates, *writes]
    updated = state.fold([*state.unfinished(), (INPUT, (), [*state.latest(null_writes), *writes])], run.step)
    if run.recorder is not None:
        record_checkpoint(run, "input", updated)
    run.step += 1
    next_from(run, updated)
    if not run.names and not run.sends:
        run.finish_idle()


def _starts_a_branch(stored: CheckpointTuple, command: Command[Any] | None, newest: bool) -> bool:
    """Whether going on from a checkpoint that the caller named runs its tasks again, on a branch of the history: one of the past, or the
    newest if it was not made to be run from. One that waits for an answer, and gets it, is gone on from as it is; one of the past that
    had its answers is asked again."""
    if command is not None and command.resume is not None:
        return not newest and _is_answered(by_task(stored.pending_writes or ()))
    return not (newest and stored.metadata.get("source") in ("update", "fork"))


def _is_answered(pending: dict[str, Writes]) -> bool:
    """Whether there were questions, and all have their answers."""
    asked = [writes for writes in pending.values() if questions_of(writes)]
    return bool(asked) and all(
        has_ended(writes) or all(question.id in answers_of(writes) for question in questions_of(writes))
        for writes in asked
    )


def _floor(stored: CheckpointTuple) -> str:
    """The checkpoint before which sub-graphs had what a run that goes on from `stored` is to find of them. A fork, or an update of a
    checkpoint of the past, was made later than what it follows."""
    if stored.metadata.get("source") in ("update", "fork") and stored.parent_config is not None:
        before: str = stored.parent_config.get("configurable", {})["checkpoint_id"]
        return before
    return stored.checkpoint["id"]


def _go_on(
    run: Coordinator,
    pending: dict[str, Writes],
    null_writes: Writes,
    command: Command[Any] | None,
    *,
    named: bool,
    fork: bool,
) -> None:
    """Continue the thread where it stands, or from a checkpoint of its past."""
    state = run.state
    launch = run.launch
    recorder = run.recorder
    assert recorder is not None
    run.resumed = True
    if launch.trace is not None:
        launch.trace.resumed(run)
    if fork:
        # The past is not written to: a copy of that checkpoint becomes the head, and its tasks run again.
        if null_writes:
            state.fold([(INPUT, (), state.latest(null_writes))], run.step)
        null_writes = []
        record_checkpoint(run, "fork", set())
        run.step += 1
    answered = command is not None and command.resume is not None
    if fork or (named and not answered):
        # Going on from a checkpoint by its name runs its tasks again, whatever they had left there.
        pending = {}
        run.altered = True
        if launch.replay is not None:
            launch.replay.afresh = True
    elif named:
        # So does answering it by its name; but what was asked and answered there counts.
        pending = {
            tid: [write for write in writes if write[0] in (INTERRUPT, RESUME)] for tid, writes in pending.items()
        }
    added = () if command is None else command_writes(launch.plan, command)
    if added:
        state.check(added)  # a thread that stored what does not fit could not be read any more
        null_writes = [*null_writes, *added]
        run.altered = True
    if null_writes:
        updated = state.fold([(INPUT, (), state.latest(null_writes))], run.step)
        state.changed |= updated
    if added:
        recorder.writes([TaskWrites(run.origin, NULL_TASK_ID, "", null_writes)])
    Registry.of(run.loop).reconcile(run)
    run.names = state.triggered_by_versions()
    run.sends = state.sends()
    run.stored_writes = pending
    if command is not None and command.resume is not None:
        _resume(run, pending, command)
    elif launch.parent is not None:
        take_answers(run, pending)
    run.shown = True
    if run.plan.fading:
        run.last_values = state.channels.read(launch.output_keys)
    run.show_current_values()
    if not run.names and not run.sends:
        run.finish_idle()


def _resume(run: Coordinator, pending: dict[str, Writes], command: Command[Any]) -> None:
    """Give the answers to the tasks whose questions they are, and store them first."""
    assert run.recorder is not None
    resume = command.resume
    tasks = {}
    for name, path in planned(run.plan, run.state, run.names, run.sends):
        tid = task_id(run.origin, run.launch.checkpoint_ns, run.step, path)
        tasks[tid] = (name, path)
        rescue = handler_of(run.plan, name, path)
        if rescue is not None and failure_in(pending.get(tid, [])) is not None:
            tasks[task_id(run.origin, run.launch.checkpoint_ns, run.step, rescue[1])] = rescue
    open_questions: dict[str, str] = {}
    for tid, writes in pending.items():
        if tid in tasks and not has_ended(writes):
            known = answers_of(writes)
            for question in questions_of(writes):
                if question.id not in known:
                    open_questions[question.id] = tid
    if isinstance(resume, dict) and all(_is_interrupt_id(key) for key in resume):
        answers = {qid: value for qid, value in resume.items() if qid in open_questions}
        if run.altered and not pending and len(resume) == 1:
            # What had its answer in the past is asked again, under another id.
            (run.spare_answer,) = resume.values()
        run.rerun_paused = run.altered
    elif len(open_questions) > 1:
        raise RuntimeError(
            f"{len(open_questions)} interrupts wait for an answer; say which one this is for: Command(resume={{interrupt_id: answer}}), "
            f"with ids from the interrupts in the state: {', '.join(open_questions)}"
        )
    elif open_questions:
        answers = dict.fromkeys(open_questions, resume)
        run.bare_answer = (next(iter(open_questions.values())), resume)
    else:
        if not any(questions_of(pending.get(tid, [])) for tid in tasks):
            run.spare_answer = resume
        # Otherwise all that was asked is answered already, by a run that was cut off: the answer is not for the next question.
        return
    by: dict[str, dict[str, Any]] = {}
    for qid, value in answers.items():
        by.setdefault(open_questions[qid], {})[qid] = value
    run.new_answers = by
    entries = []
    for tid, of in by.items():
        record = resume_record({**answers_of(pending[tid]), **of}, asked_of(pending[tid]))
        entries.append(TaskWrites(run.origin, tid, path_text(tasks[tid][1]), [(RESUME, record)]))
    run.recorder.writes(entries)


# -- pure parts, shared with reading and updating the state --------------------------------------------------------------------------


def planned(plan: Plan, state: State, names: Sequence[str], sends: Sequence[Any]) -> list[tuple[str, TaskPath]]:
    """Name and path of each task of the next superstep, in order."""
    tasks: list[tuple[str, TaskPath]] = [
        (send.node, (PUSH, index, False)) for index, send in enumerate(sends) if send.node in plan.nodes
    ]
    tasks += [(name, (PULL, name)) for name in names if plan.nodes[name].read(state.channels) is not MISSING]
    return tasks


def input_writes(plan: Plan, given: Any) -> Writes:
    """An input as writes to the graph's input channels."""
    channels = plan.input_channels
    if isinstance(channels, str):
        return [(channels, given)]
    if isinstance(given, Mapping):
        return [(key, given[key]) for key in given if key in channels]
    raise TypeError(f"the input must be a dict with some of {list(channels)}, not {type(given).__name__}")


def command_writes(plan: Plan, command: Command[Any]) -> Writes:
    """The update and goto of a command that was passed as input, as writes."""
    make: Callable[[Command[Any]], Writes] | None = plan.map_command
    return [] if make is None else make(command)


def _is_interrupt_id(key: Any) -> bool:
    return isinstance(key, str) and len(key) == 32 and all(digit in "0123456789abcdef" for digit in key)
