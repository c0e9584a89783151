"""Where a run's chunks wait for their reader, and where the run learns how far the reader is.

One ordered log per run, not kept after it is read. A paced run starts a superstep only when all chunks of the one before were taken and
the reader asks for more; the nodes then run in a copy of the reader's context. Within a superstep chunks pile up, to `bound` if given.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from time import monotonic
from typing import Any

SLICE = 0.001
"""Seconds for which a reader may be answered without a turn of the loop."""


class StreamOverflow(RuntimeError):
    """A superstep emitted more chunks than the stream may hold while nobody took them."""


class Outlet:
    """Chunks on their way from a run to its reader. Belongs to the run's event loop."""

    __slots__ = (
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
        "result",
        "turned",
        "waiter",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, *, paced: bool, bound: int | None = None) -> None:
        self.loop = loop
        self.paced = paced
        """Whether a superstep waits for the reader; a run whose caller wants only the end is not paced."""
        self.bound = bound
        self.chunks: deque[Any] = deque()
        self.context: Context = copy_context()
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
        """Add a chunk. Raises StreamOverflow when the bound is reached."""
        if self.bound is not None and len(self.chunks) >= self.bound:
            raise StreamOverflow(
                f"one superstep emitted more than {self.bound} chunks that nobody has read: read faster, emit less, or raise the bound"
            )
        self.chunks.append(chunk)
        if self.waiter is not None:
            self._wake()

    def end(self, result: Any = None, error: BaseException | None = None) -> None:
        """No more chunks: the run has ended."""
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
        if self.paced:
            self.context = copy_context()
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
