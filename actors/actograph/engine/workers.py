"""Worker threads for blocking code: one pool for the process, bounded by tokens that a thread gives back while it waits.

A sync node that invokes another graph holds a thread while that graph needs threads of its own; it lends its token meanwhile, so any depth
of nesting makes progress. Coming back it takes the token at once, even beyond the bound, which then holds again as others end.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from typing import Any, NamedTuple

DEFAULT_LIMIT = 40
"""Blocking calls that run at once; `ACTOGRAPH_WORKER_THREADS` overrides it."""


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


class Workers:
    """Runs blocking calls in threads, for callers on any event loop."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._free = limit
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()
        # Tokens bound the threads; the pool itself must never make a call that holds a token wait.
        self._pool = ThreadPoolExecutor(max_workers=100_000, thread_name_prefix="actograph-worker")
        self._local = threading.local()
        self._abandoned: set[object] = set()

    def statistics(self) -> WorkerStatistics:
        """How busy the pool is."""
        with self._lock:
            return WorkerStatistics(self._limit, self._free, len(self._waiting), len(self._abandoned))

    async def call(self, context: Context, function: Callable[..., Any], *args: Any) -> Any:
        """Run `function(*args)` in a thread, in `context`. When the caller is cancelled the call is abandoned: it runs on, unheard."""
        loop = asyncio.get_running_loop()
        await self._acquire(loop)
        done: asyncio.Future[Any] = loop.create_future()

        ended = False

        def deliver(value: Any, error: BaseException | None) -> None:
            nonlocal ended
            ended = True
            if done.cancelled():
                self._abandoned.discard(done)
            elif error is not None:
                done.set_exception(error)
            else:
                done.set_result(value)

        def work() -> None:
            self._local.token = True
            value: Any = None
            error: BaseException | None = None
            try:
                value = context.run(function, *args)
            except StopIteration as stop:
                error = RuntimeError(f"a node raised {stop!r}, which a coroutine cannot pass on")
                error.__cause__ = stop
            except BaseException as raised:
                error = raised
            finally:
                self._local.token = False
                self.release()
            try:
                loop.call_soon_threadsafe(deliver, value, error)
            except RuntimeError:
                # The loop was closed while the call ran: nobody waits any more.
                self._abandoned.discard(done)

        try:
            self._pool.submit(work)
        except BaseException:
            self.release()
            raise
        try:
            return await done
        except asyncio.CancelledError:
            if done.cancelled() and not ended:
                self._abandoned.add(done)
            raise

    async def _acquire(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            turn: asyncio.Future[None] = loop.create_future()
            entry = (loop, turn)
            self._waiting.append(entry)
        try:
            await turn
        except asyncio.CancelledError:
            with self._lock:
                if entry in self._waiting:
                    self._waiting.remove(entry)
                    raise
            # The token was on its way: it goes to the next in line.
            self.release()
            raise

    def release(self) -> None:
        """Give a token back: to the first that waits, if any."""
        while True:
            with self._lock:
                if self._free < 0 or not self._waiting:
                    self._free += 1
                    return
                loop, turn = self._waiting.popleft()
            try:
                loop.call_soon_threadsafe(_grant, turn)
            except RuntimeError:
                continue  # that loop was closed; the next in line gets it
            return

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Around a wait for other graphs' work: the calling worker thread's token is free meanwhile."""
        if not getattr(self._local, "token", False):
            yield
            return
        self._local.token = False
        self._local.lent = True
        self.release()
        try:
            yield
        finally:
            with self._lock:
                self._free -= 1
            self._local.token = True
            self._local.lent = False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Around blocking code in a thread whose token is lent: it counts again meanwhile."""
        if not getattr(self._local, "lent", False):
            yield
            return
        self._local.lent = False
        self._local.token = True
        with self._lock:
            self._free -= 1
        try:
            yield
        finally:
            self.release()
            self._local.token = False
            self._local.lent = True


def _grant(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)


def _new() -> Workers:
    return Workers(int(os.environ.get("ACTOGRAPH_WORKER_THREADS", DEFAULT_LIMIT)))


WORKERS = _new()


def _after_fork() -> None:
    # The threads of the parent do not exist in a forked child.
    global WORKERS
    WORKERS = _new()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
