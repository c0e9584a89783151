"""How a run takes up the tasks that an earlier run left on its checkpoint: finished, paused, or held in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actograph.constants import NO_WRITES
from actograph.engine.calls.parked import homes_of, unpark
from actograph.engine.entries import SPECIAL, answers_of, asked_of, has_ended, questions_of
from actograph.engine.messages import Suspended
from actograph.engine.policies.rescue import take_up_failure
from actograph.engine.suspended import Registry
from actograph.engine.task import TaskState

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator


def take_up(run: Coordinator) -> None:
    """Give tasks what an earlier run left on this checkpoint: finished ones their writes, paused ones their answers."""
    registry = Registry.of(run.loop)
    for task in run.tasks:  # grows by the handlers of tasks that had failed
        stored = run.stored_writes.get(task.id)
        answers = run.new_answers.get(task.id)
        if stored is not None:
            rescue = take_up_failure(task, stored)
            if rescue is not None:
                run.tasks.append(rescue)
                if run.emit.tasks and not has_ended(run.stored_writes.get(rescue.id, [])):
                    run.emit.started((rescue,))
                continue
            special = dict(write for write in stored if write[0] in SPECIAL)
            plain = [write for write in stored if write[0] not in SPECIAL]
            if plain or NO_WRITES in special:
                task.writes = plain
                task.state = TaskState.DONE
                task.cached = True
                if run.emit.updates:
                    run.emit.update(task)
                continue
            known = answers_of(stored)
            if known:
                task.answers = known
            questions = questions_of(stored)
            task.expected = asked_of(stored) or None
            held = registry.take(run, task)
            if held is not None:
                run.tasks[run.tasks.index(task)] = held
                run.adopted.extend(homes_of(held))
                # Also those that were given elsewhere meanwhile: another loop or process may have stored them.
                held.answer({**(task.answers or {}), **(answers or {})})
                held.state = TaskState.RUNNING
                held.settling = 0
                run.outstanding += 1
                if held.parked:
                    unpark(run, held)
                if held.questions:
                    run.address.tell(Suspended(held))
                for mode, payload in held.release_backlog():
                    run.emit.push(mode, payload)
                continue
            if questions and not answers and not run.rerun_paused:
                task.raised = tuple(question for question in questions if question.id not in (task.answers or ()))
                if task.raised:
                    task.state = TaskState.INTERRUPTED
                    run.emit.interrupts(task, run.state)
                    continue
                task.raised = ()
        if answers:
            task.answers = {**(task.answers or {}), **answers}
    left = run.stored_writes
    for task in run.tasks:
        left.pop(task.id, None)
    # The rest is of calls that those tasks had made, and will make again.
    run.left_writes = left or None
    run.stored_writes = {}
    run.new_answers = {}
