"""Worker threads for blocking code: one pool for the process, bounded by tokens that a thread gives back while it waits.

A sync node that invokes another graph holds a thread while that graph needs threads of its own; it lends its token meanwhile, so any depth
of nesting makes progress. Coming back it takes the token at once, even beyond the bound, which then holds again as others end.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from actograph.engine.environment import number

DEFAULT_LIMIT = 40
"""Blocking calls that run at once; `ACTOGRAPH_WORKER_THREADS` overrides it."""

IDLE_SECONDS = 10
"""How long a thread with nothing to do is kept."""


class WorkerStatistics(NamedTuple):
    """The worker threads at one moment."""

    limit: int
    """Blocking calls that may run at once."""
    free: int
    """Tokens that nobody holds."""
    waiting: int
    """Calls that wait for a token."""
    abandoned: int
    """Calls that still run although their caller was cancelled."""


class _Call:
    """A blocking call on its way to a thread."""

    __slots__ = ("args", "context", "done", "ended", "function", "loop")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, context: Context, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        self.loop = loop
        self.context = context
        self.function = function
        self.args = args
        self.done: asyncio.Future[Any] = loop.create_future()
        self.ended = False

    def run(self) -> tuple[Any, BaseException | None]:
        """What the function returned, or raised."""
        try:
            return self.context.run(self.function, *self.args), None
        except StopIteration as stop:
            error = RuntimeError(f"a node raised {stop!r}, which a coroutine cannot pass on")
            error.__cause__ = stop
            return None, error
        except BaseException as raised:
            return None, raised


class _Lending:
    """A token that is free while a loop that a worker thread runs itself, as `asyncio.run` in a sync node does, waits for calls."""

    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0
        """How many the loop waits for."""


class _Mine(threading.local):
    """What a thread knows of its token; others than worker threads have none."""

    token = False
    """It holds one."""
    lent = False
    """It has lent it, and will take it back when it has what it waits for."""
    lending: _Lending | None = None


class Workers:
    """Runs blocking calls in threads, for callers on any event loop."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._free = limit
        self._limit = limit
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._waiting: deque[_Call] = deque()
        # Tokens bound the threads that work; a thread that lent its token must not keep another from starting.
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self._idle = 0
        self._threads = 0
        self._local = _Mine()
        self._abandoned: set[_Call] = set()

    def statistics(self) -> WorkerStatistics:
        """How busy the pool is."""
        with self._lock:
            return WorkerStatistics(self._limit, self._free, len(self._waiting), len(self._abandoned))

    async def call(self, context: Context, function: Callable[..., Any], *args: Any) -> Any:
        """Run `function(*args)` in a thread, in `context`. When the caller is cancelled the call is abandoned: it runs on, unheard."""
        call = _Call(asyncio.get_running_loop(), context, function, args)
        lending = self._local.lending
        if lending is None and self._local.token:
            # The caller's loop runs in a worker thread: holding its token it might wait for itself.
            lending = self._local.lending = _Lending()
            self._local.token = False
            self._release()
        if lending is not None:
            lending.calls += 1
        with self._lock:
            if self._free > 0:
                self._free -= 1
                self._start(call)
            else:
                self._waiting.append(call)
        try:
            return await call.done
        except asyncio.CancelledError:
            with self._lock:
                if call in self._waiting:
                    self._waiting.remove(call)
                elif call.done.cancelled() and not call.ended:
                    self._abandoned.add(call)
            raise
        finally:
            if lending is not None:
                lending.calls -= 1
                if not lending.calls and self._local.lending is lending:
                    self._local.lending = None
                    self._take()
                    self._local.token = True

    def _start(self, call: _Call) -> None:
        """Run a call, which has a token, in a thread; under the lock."""
        self._calls.put(call)
        if self._idle:
            self._idle -= 1
            return
        self._threads += 1
        # Daemons, so that those with nothing to do keep no process alive; `finish` waits for those that work.
        threading.Thread(target=self._serve, name=f"actograph-worker-{self._threads}", daemon=True).start()

    def _serve(self) -> None:
        """One thread's life: calls with their tokens, until none has come for a while."""
        while True:
            try:
                # Nothing here may keep a call that has ended alive, so it is not given a name.
                self._work(self._calls.get(timeout=IDLE_SECONDS))
            except Empty:
                with self._lock:
                    if self._calls.empty():
                        self._idle -= 1
                        self._threads -= 1
                        return

    def _work(self, call: _Call) -> None:
        """A call, and then those that wait, with the same token."""
        following: _Call | None = call
        while following is not None:
            call = following
            self._local.token = True
            value, error = call.run()
            if self._local.lending is not None:
                # It left a loop behind that was not run to its end.
                self._local.lending = None
                self._take()
            self._local.token = False
            # The token goes on before the caller hears of the end: it finds the pool as it will be.
            with self._lock:
                # Also where its loop stands still, as that of sync code between two runs: it runs no more.
                call.ended = True
                self._abandoned.discard(call)
                following = self._next()
                if following is None:
                    self._idle += 1
                    self._ended.notify_all()
            try:
                call.loop.call_soon_threadsafe(self._deliver, call, value, error)
            except RuntimeError:
                pass  # the loop was closed while the call ran: nobody waits any more
            value = error = None

    def finish(self) -> None:
        """Wait until no call runs: at the end of the process, as for the threads of an executor."""
        with self._lock:
            while self._idle < self._threads:
                self._ended.wait()

    def _next(self) -> _Call | None:
        """The call that gets the token that became free; under the lock."""
        if self._free < 0 or not self._waiting:
            self._free += 1
            return None
        return self._waiting.popleft()

    def _deliver(self, call: _Call, value: Any, error: BaseException | None) -> None:
        if call.done.done():
            return
        if error is not None:
            call.done.set_exception(error)
        else:
            call.done.set_result(value)

    def _release(self) -> None:
        """Give a token back: to the first that waits, if any."""
        with self._lock:
            following = self._next()
            if following is not None:
                self._start(following)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Around a wait for other graphs' work: the calling worker thread's token is free meanwhile."""
        if not self._local.token:
            yield
            return
        self._local.token = False
        self._local.lent = True
        self._release()
        try:
            yield
        finally:
            self._take()
            self._local.token = True
            self._local.lent = False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Around blocking code in a thread whose token is lent: it counts again meanwhile."""
        if not self._local.lent:
            yield
            return
        self._local.lent = False
        self._local.token = True
        self._take()
        try:
            yield
        finally:
            self._release()
            self._local.token = False
            self._local.lent = True

    def _take(self) -> None:
        """Take a token at once, if need be beyond the bound: a thread that comes back must not wait for one."""
        with self._lock:
            self._free -= 1


def _new() -> Workers:
    return Workers(int(number("ACTOGRAPH_WORKER_THREADS", DEFAULT_LIMIT, "threads", least=1)))


WORKERS = _new()
atexit.register(lambda: WORKERS.finish())


def _after_fork() -> None:
    # The threads of the parent do not exist in a forked child.
    global WORKERS
    WORKERS = _new()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
