"""Time limits on one attempt of a task: how long it may take, and how long it may be silent.

The clocks stand still while the task waits for an answer, and then go on with what was left.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from actograph.engine.current import TASK
from actograph.engine.nesting.children import Children
from actograph.errors import GraphBubbleUp, NodeTimeoutError

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.types import TimeoutPolicy


class Clock:
    """Watches one attempt. Signs of life only note the time, from any thread; the timer looks at it when it rings."""

    __slots__ = (
        "_auto",
        "_began",
        "_handle",
        "_idle",
        "_last",
        "_loop",
        "_run",
        "_stood",
        "_task",
        "_waits",
        "kind",
        "timeout",
    )

    def __init__(self, task: Task, policy: TimeoutPolicy) -> None:
        self.timeout = asyncio.timeout(None)
        self.kind = ""
        """Which limit was passed: "run" or "idle"."""
        self._task = task
        # The policy was coerced: its limits are seconds.
        self._run: Any = policy.run_timeout
        self._idle: Any = policy.idle_timeout
        self._auto = policy.refresh_on == "auto"
        self._began = self._last = monotonic()
        self._waits = 0
        self._stood = 0.0
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._arm(self._began)

    @property
    def elapsed(self) -> float:
        """Seconds the attempt has taken, without its waits for answers."""
        return monotonic() - self._began

    def stir(self) -> None:
        """The task did something, or something that it called did."""
        if self._auto:
            self._last = monotonic()

    def beat(self) -> None:
        """The task says that it is alive."""
        self._last = monotonic()

    def stand(self) -> None:
        """The task begins to wait for an answer."""
        self._waits += 1
        if self._waits == 1:
            self._stood = monotonic()
            self.stop()

    def go_on(self) -> None:
        """It has stopped waiting."""
        self._waits -= 1
        if self._waits == 0 and not self.kind:
            now = monotonic()
            self._began += now - self._stood
            self._last += now - self._stood
            self._arm(now)

    def stop(self) -> None:
        """The attempt has ended, or stands still."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _left(self, now: float) -> tuple[float, str]:
        run = None if self._run is None else self._began + self._run - now
        idle = None if self._idle is None else self._last + self._idle - now
        if idle is None or (run is not None and run <= idle):
            return run or 0.0, "run"
        return idle, "idle"

    def _arm(self, now: float) -> None:
        # A loop's own clock may be coarser than ours: never ring again at once.
        self._handle = self._loop.call_later(max(self._left(now)[0], 0.001), self._ring)

    def _ring(self) -> None:
        now = monotonic()
        left, kind = self._left(now)
        if left > 0:
            self._arm(now)
        else:
            self.kind = kind
            self._handle = None
            self.timeout.reschedule(self._loop.time())


async def limited(task: Task, policy: TimeoutPolicy, work: Callable[[Task], Awaitable[None]]) -> None:
    """Do `work` for an attempt of `task` within the limits of `policy`.

    Raises NodeTimeoutError when a limit is passed, whatever the work makes of being cancelled.
    """
    clock = task.clock = Clock(task, policy)
    try:
        async with clock.timeout:
            await work(task)
    except (Exception, GraphBubbleUp) as error:
        if not clock.timeout.expired():
            raise
        raise _error(task, clock, policy) from error
    finally:
        clock.stop()
        task.clock = None
    if clock.timeout.expired():
        raise _error(task, clock, policy)


def _error(task: Task, clock: Clock, policy: TimeoutPolicy) -> NodeTimeoutError:
    run: Any = policy.run_timeout
    idle: Any = policy.idle_timeout
    return NodeTimeoutError(
        task.name, clock.elapsed, kind="idle" if clock.kind == "idle" else "run", idle_timeout=idle, run_timeout=run
    )


async def call_apart(task: Task, segment: Callable[[Task, Any], Any], value: Any) -> Any:
    """Run a blocking segment of an attempt that has limits: in a thread, with a double of the task. Such code cannot be stopped; what it
    does when its time is up goes to the double, and reaches nobody."""
    if task.children is None:
        task.children = Children()  # graphs that it calls are the task's, whatever becomes of it
    double = copy.copy(task)
    double.writes = list(task.writes)

    def run(_: Task, value: Any) -> Any:
        TASK.set(double)
        return segment(double, value)

    try:
        result = await task.run.call_blocking(task, run, value)
    except asyncio.CancelledError:
        double.given_up = True
        raise
    except BaseException:
        _take_back(task, double)
        raise
    _take_back(task, double)
    return result


def _take_back(task: Task, double: Task) -> None:
    for name in ("answers", "asked", "called", "calls", "memo", "raised", "writes"):
        if name in double.__dict__:
            setattr(task, name, double.__dict__[name])
