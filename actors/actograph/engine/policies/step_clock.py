"""The time limit of a superstep: when it has passed, what still runs is stopped and the run fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from actograph.engine.messages import StepTimedOut
from actograph.engine.phase import Phase
from actograph.engine.task import TaskState

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator


def start_clock(run: Coordinator, seconds: float) -> None:
    """The superstep begins."""
    message = StepTimedOut(run.step)
    run.step_clock = run.loop.call_later(max(seconds, 0.0), lambda: run.address.tell(message))


def stop_clock(run: Coordinator) -> None:
    """It has ended, or the run has."""
    clock: asyncio.TimerHandle | None = run.step_clock
    if clock is not None:
        clock.cancel()
        run.step_clock = None


def on_step_timed_out(run: Coordinator, message: StepTimedOut) -> None:
    """The superstep took too long. Tasks that have ended keep their writes; sync code that still runs is left to itself."""
    if run.phase is not Phase.RUNNING or message.step != run.step:
        return
    late = [task.name for task in run.tasks if task.state is TaskState.RUNNING]
    run.fail(
        TimeoutError(
            f"superstep {run.step} took longer than step_timeout={run.launch.step_timeout} s; still running: {', '.join(late)}"
        )
    )
