"""Where a run's chunks wait for their reader, and where the run learns how far the reader is.

One ordered log per run, not kept after it is read. A paced run starts a superstep only when all chunks of the one before were taken and
the reader asks for more; the nodes then run in a copy of the reader's context. Within a superstep chunks pile up; those that nodes write
themselves may be bounded in number.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from time import monotonic
from typing import Any

from actograph.engine.loops import call_in

SLICE = 0.001
"""Seconds for which a reader may be answered without a turn of the loop."""


def _bound() -> int | None:
    text = os.environ.get("ACTOGRAPH_STREAM_BOUND")
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(
            f"environment variable ACTOGRAPH_STREAM_BOUND must be a number of chunks, at least 1, not {text!r}"
        )
    return int(text)


class StreamOverflow(RuntimeError):
    """A superstep emitted more chunks than the stream may hold while nobody took them."""


_making = threading.Lock()


class Outlet:
    """Chunks on their way from a run to its reader. Belongs to the run's event loop; `put` and `offer` are for any thread."""

    limit = _bound()
    """Chunks written by nodes that a stream holds unread; None for any number."""

    __slots__ = (
        "_arriving",
        "_inbox",
        "bound",
        "chunks",
        "context",
        "demand",
        "ended",
        "error",
        "leftovers",
        "loop",
        "on_demand",
        "paced",
        "prelude",
        "result",
        "thread",
        "turned",
        "waiter",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, *, paced: bool) -> None:
        self.loop = loop
        self.paced = paced
        """Whether a superstep waits for the reader; a run whose caller wants only the end is not paced."""
        self.bound = self.limit if paced else None
        self.chunks: deque[Any] = deque()
        self.thread = threading.get_ident()
        """The thread that the loop runs in."""
        self._inbox: deque[Any] | None = None
        """Chunks that came from other threads."""
        self._arriving = False
        self.context: Context = copy_context()
        self.prelude: Callable[[], object] | None = None
        """Runs in each new context."""
        self.demand = not paced
        self.on_demand: Callable[[], None] | None = None
        self.waiter: asyncio.Future[None] | None = None
        self.turned = monotonic()
        """When the loop last turned while the reader waited."""
        self.ended = False
        self.error: BaseException | None = None
        self.leftovers: list[asyncio.Task[Any]] = []
        """Tasks that were still being cancelled when a run was cut off."""
        self.result: Any = None

    # -- the run's side ------------------------------------------------------------------------------------------------------------

    def push(self, chunk: Any) -> None:
        """Add a chunk."""
        if self._inbox:
            self._arrive()
        self.chunks.append(chunk)
        if self.waiter is not None:
            self._wake()

    def put(self, chunk: Any) -> None:
        """Add a chunk, from any thread: one of a run that was made inside this one's."""
        if self.ended:
            return
        if threading.get_ident() == self.thread:
            self.push(chunk)
            return
        inbox = self._inbox
        if inbox is None:
            with _making:
                if self._inbox is None:
                    self._inbox = deque()
                inbox = self._inbox
        inbox.append(chunk)
        if not self._arriving:
            self._arriving = True
            call_in(self.loop, self._arrive)

    def _arrive(self) -> None:
        # First the flag: what is put from now on comes with a call of its own.
        self._arriving = False
        inbox = self._inbox
        assert inbox is not None
        while inbox:
            self.chunks.append(inbox.popleft())
        if self.waiter is not None:
            self._wake()

    def offer(self, chunk: Any) -> None:
        """`put` a chunk that a node wrote. Raises StreamOverflow when the stream holds all it may."""
        if self.bound is not None and len(self.chunks) + len(self._inbox or ()) >= self.bound:
            raise StreamOverflow(
                f"nodes wrote more than {self.bound} chunks that nobody has read: read faster, write less, or raise ACTOGRAPH_STREAM_BOUND"
            )
        self.put(chunk)

    def end(self, result: Any = None, error: BaseException | None = None) -> None:
        """No more chunks: the run has ended."""
        if self._inbox:
            self._arrive()
        self.ended = True
        self.result = result
        self.error = error
        if self.waiter is not None:
            self._wake()

    def _wake(self) -> None:
        waiter = self.waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # -- the reader's side ---------------------------------------------------------------------------------------------------------

    async def wait(self) -> None:
        """Return when there is a chunk to take, or the run has ended. Asks the run to go on."""
        if self.chunks or self.ended:
            return
        self.thread = threading.get_ident()
        if self.paced:
            self.context = copy_context()
            if self.prelude is not None:
                self.context.run(self.prelude)
            self.demand = True
            if self.on_demand is not None:
                self.on_demand()
                if self.chunks or self.ended:
                    # The run could answer at once; still the loop turns every now and then.
                    self.demand = False
                    if monotonic() - self.turned > SLICE:
                        await asyncio.sleep(0)
                        self.turned = monotonic()
                    return
        waiter = self.waiter = self.loop.create_future()
        try:
            await waiter
        finally:
            self.waiter = None
            if self.paced:
                self.demand = False
                self.turned = monotonic()
