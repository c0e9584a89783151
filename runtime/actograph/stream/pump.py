"""What makes an event stream go on: a reader whose channel is empty takes the next part of the run and hands it to the transformers.

There is no task behind a stream. The run goes on while somebody reads, and stops when its iterator is closed.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from actograph.engine.loops import call_in
from actograph.stream.events import ProtocolEvent, Scope, event_of_part
from actograph.stream.hub import Hub

_END: Any = object()
_INSIDE = "a transformer, or a node, reads the run that it is part of: nothing can come before it returns. Push into a channel instead"


class Outcome:
    """The state and the questions that a graph's events have shown so far."""

    __slots__ = ("interrupts", "latest", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = list(scope)
        self.latest: Any = None
        self.interrupts: list[Any] = []

    def observe(self, event: ProtocolEvent) -> None:
        """Take over what `event` says of the graph's state."""
        params = event["params"]
        if event["method"] == "values" and params["namespace"] == self.scope:
            self.latest = params["data"]
            known = {interrupt.id for interrupt in self.interrupts}
            self.interrupts += (interrupt for interrupt in params.get("interrupts", ()) if interrupt.id not in known)


class SyncPump:
    """Drives a sync run."""

    def __init__(self) -> None:
        self.parts: Iterator[Mapping[str, Any]] | None = None
        self.hub: Hub
        self.outcome: Outcome
        self._busy = False

    def pull(self) -> bool:
        """Handle one more event; False when there is none. Raises RuntimeError inside another one's handling."""
        if self.parts is None:
            return False
        if self._busy:
            raise RuntimeError(_INSIDE)
        self._busy = True
        try:
            return self._advance(self.parts)
        finally:
            self._busy = False

    def _advance(self, parts: Iterator[Mapping[str, Any]]) -> bool:
        try:
            part = next(parts, _END)
            if part is not _END:
                event = event_of_part(part)
                self.outcome.observe(event)
                self.hub.push(event)
                return True
        except BaseException as error:
            self._let_go()
            self.hub.fail(error)
        else:
            self.parts = None
            self.hub.close()
        return False

    async def apull(self, served: Callable[[], bool] | None = None) -> bool:
        """Not for sync runs; their channels are not read with `async for`."""
        raise TypeError("a sync run is read with 'for'")

    def abort(self) -> None:
        """Stop the run and wait for it."""
        if self.parts is not None:
            self._let_go()
            self.hub.close()

    def _let_go(self) -> None:
        parts, self.parts = self.parts, None
        close = getattr(parts, "close", None)
        if close is not None:
            close()


class AsyncPump:
    """Drives an async run. Readers take turns: one at a time waits for the next part."""

    def __init__(self) -> None:
        self.parts: AsyncIterator[Mapping[str, Any]] | None = None
        self.hub: Hub
        self.outcome: Outcome
        self._turn = asyncio.Lock()
        self._waiting: asyncio.Task[Any] | None = None
        self._driver: asyncio.Task[Any] | None = None
        self._dropped: weakref.finalize[Any, Any] | None = None

    def pull(self) -> bool:
        """Not for async runs; their channels are not read with `for`."""
        raise TypeError("an async run is read with 'async for'")

    async def apull(self, served: Callable[[], bool] | None = None) -> bool:
        """Handle one more event; False when there is none. A reader that another one served while it waited for its turn lets it be.

        Raises RuntimeError inside another one's handling."""
        if self.parts is None:
            return False
        if self._driver is not None and self._driver is asyncio.current_task():
            raise RuntimeError(_INSIDE)
        async with self._turn:
            if served is not None and served():
                return True
            if self.parts is None:
                return False
            self._driver = asyncio.current_task()
            try:
                return await self._advance(self.parts)
            finally:
                self._driver = None

    async def _advance(self, parts: AsyncIterator[Mapping[str, Any]]) -> bool:
        if self._dropped is None:
            # Kept by this, the iterator is never part of what is collected: nested iterators that are would each be closed, all at once.
            self._dropped = weakref.finalize(self, _abandon, asyncio.get_running_loop(), parts)
            self._dropped.atexit = False
        # A task of its own, so that `abort` can end it while the reader waits for it. Who cancels the reader cancels it too.
        self._waiting = asyncio.ensure_future(_next(parts))
        try:
            part = await self._waiting
            if part is not _END:
                event = event_of_part(part)
                self.outcome.observe(event)
                await self.hub.apush(event)
                return True
        except BaseException as error:
            cancelled = isinstance(error, asyncio.CancelledError) and _is_cancelled()
            if self.parts is None:  # `abort` has ended it
                if cancelled:
                    raise
                return False
            await self._let_go()
            if cancelled:
                await self._cut()
                raise
            await self.hub.afail(error)
        else:
            self._take()
            await self.hub.aclose()
        finally:
            self._waiting = None
        return False

    async def abort(self) -> None:
        """Stop the run and wait for it."""
        if self.parts is None:
            return
        parts = self._take()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.cancel()
            await asyncio.wait((self._waiting,))
        if self._driver is not None and self._driver is not asyncio.current_task():
            async with self._turn:
                pass  # the reader whose turn it was is through with its event
        await _close(parts)
        await self._cut()

    async def _let_go(self) -> None:
        await _close(self._take())

    def _take(self) -> AsyncIterator[Mapping[str, Any]] | None:
        parts, self.parts = self.parts, None
        if self._dropped is not None:
            self._dropped.detach()
        return parts

    async def _cut(self) -> None:
        """End the stream early: nobody waits for what transformers scheduled."""
        await self.hub.cancel_scheduled()
        await self.hub.aclose()


async def _next(parts: AsyncIterator[Mapping[str, Any]]) -> Any:
    return await anext(parts, _END)


def _abandon(loop: asyncio.AbstractEventLoop, parts: AsyncIterator[Any]) -> None:
    """Close the iterator of a run that nobody can read any more; from any thread. A loop that has ended has closed its iterators."""
    call_in(loop, lambda: loop.create_task(_close(parts)))


async def _close(parts: AsyncIterator[Any] | None) -> None:
    close = getattr(parts, "aclose", None)
    if close is not None:
        await close()


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
