"""How the result of a `@task` call comes to its caller: through an asyncio future in a loop, through a blocking one in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from concurrent.futures import CancelledError as ThreadCancelledError
from concurrent.futures import Future as ThreadFuture
from typing import TYPE_CHECKING, Any, TypeVar

from actograph.constants import RETURN
from actograph.engine import workers
from actograph.engine.loops import call_in
from actograph.engine.messages import Completed, Drained, Failed, Suspended
from actograph.engine.phase import Phase
from actograph.errors import DrainSignal, GraphInterrupt

if TYPE_CHECKING:
    from actograph.engine.calls.call import Call
    from actograph.engine.coordinator import Coordinator

T = TypeVar("T")


class CallFuture(ThreadFuture[T]):
    """What a call gives sync code. A worker thread that waits for it lends its token, so that the call can run."""

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.wrap_future(self).__await__()

    def result(self, timeout: float | None = None) -> T:
        """What the task returned, once it has; raises what it raised."""
        with workers.WORKERS.lent():
            return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What the task raised, or None, once it has ended."""
        with workers.WORKERS.lent():
            return super().exception(timeout)


def deliver(call: Call, outcome: Any) -> None:
    """Tell the caller how its call ended, once."""
    if call.ended:
        return
    call.ended = True
    call.caller.stir()
    future = call.future
    if isinstance(future, CallFuture):
        if future.set_running_or_notify_cancel():
            _settle(future, call, outcome)
        return
    loop = future.get_loop()
    if asyncio._get_running_loop() is loop:
        _settle(future, call, outcome)
    else:
        call_in(loop, _settle, future, call, outcome)


def _settle(future: Any, call: Call, outcome: Any) -> None:
    if isinstance(future, asyncio.Future) and future.done():
        return
    if type(outcome) is Completed:
        future.set_result(next((value for key, value in call.writes if key == RETURN), None))
    elif type(outcome) is Failed:
        error = outcome.error
        if isinstance(error, StopIteration | StopAsyncIteration):
            wrapped = RuntimeError(f"task {call.name!r} raised {error!r}, which a future cannot pass on")
            wrapped.__cause__ = error
            error = wrapped
        future.set_exception(error)
        if call.dropped:
            future.exception()
    elif type(outcome) is Suspended:
        future.set_exception(GraphInterrupt(call.raised))
        future.exception()  # a caller that has stopped waiting need not look at it
    elif type(outcome) is Drained:
        future.set_exception(DrainSignal(outcome.reason))
        future.exception()
    elif isinstance(future, CallFuture):
        future.set_exception(ThreadCancelledError(f"task {call.name!r} was cancelled"))
    else:
        future.cancel()


def settle_stored(run: Coordinator) -> None:
    """The saver has answered: callers may have what waited for that, or the run fails with what could not be stored."""
    recorder = run.recorder
    assert recorder is not None
    if recorder.error is not None:
        if run.phase is Phase.RUNNING:
            run.fail(recorder.error)
    elif not recorder.pending and not run.flush_due:
        waiting, run.undelivered = run.undelivered, ()
        for call, outcome in waiting:
            deliver(call, outcome)
