"""Where a run's events meet its transformers: each sees every event, and what they let through is the raw stream.

The root has a hub, and every sub-graph that somebody may look into has its own, with transformers of its own.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from actograph.stream.events import ProtocolEvent, Scope, event_of
from actograph.stream.stream_channel import Source, StreamChannel
from actograph.stream.transformer import Factory, StreamTransformer, has_async_hooks, logger


class Hub:
    """The transformers of one scope, their projections, and the raw stream.

    Raises, as it is made: TypeError for a factory that makes no transformer or an `init()` that returns no dict, ValueError for two
    projections of one name, RuntimeError for a transformer that needs an async run in a sync one.
    """

    def __init__(
        self,
        factories: Sequence[Factory],
        source: Source,
        *,
        scope: Scope = (),
        asynchronous: bool,
        numbered: bool = True,
    ) -> None:
        self.factories = factories
        self.source = source
        self.scope = scope
        self.asynchronous = asynchronous
        self.projections: dict[str, Any] = {}
        self.native: dict[str, Any] = {}
        self.ended = False
        self.error: BaseException | None = None
        self.events: StreamChannel[ProtocolEvent] = StreamChannel()
        self.events.attach(self, source)
        self.transformers: list[StreamTransformer] = []
        self._owners: dict[str, str] = {}
        self._stamps = itertools.count(1)
        self._numbers = itertools.count(1) if numbered else None
        self._bounded: list[StreamChannel[Any]] = []
        made = [self._make(factory) for factory in factories]
        # A stable sort: the order given counts within each half.
        for transformer in sorted(made, key=lambda transformer: not transformer.before_builtins):
            self._add(transformer)

    @property
    def modes(self) -> list[str]:
        """The stream modes that the transformers need."""
        return list(
            dict.fromkeys(mode for transformer in self.transformers for mode in transformer.required_stream_modes)
        )

    def stamp(self) -> int:
        """A number for an item that is pushed: they tell the order across channels."""
        return next(self._stamps)

    def inner(self, scope: Scope) -> Hub:
        """A hub for a sub-graph. Its events carry the numbers of the root's raw stream."""
        return Hub(self.factories, self.source, scope=scope, asynchronous=self.asynchronous, numbered=False)

    # -- making --------------------------------------------------------------------------------------------------------------------

    def _make(self, factory: Factory) -> StreamTransformer:
        transformer = factory(self.scope)
        if not isinstance(transformer, StreamTransformer):
            raise TypeError(
                f"transformers: {factory!r} made {type(transformer).__name__!r}; give a subclass of StreamTransformer, or a function "
                "of the scope that returns an instance"
            )
        return transformer

    def _add(self, transformer: StreamTransformer) -> None:
        name = type(transformer).__name__
        needs_loop = transformer.requires_async or (has_async_hooks(transformer) and not transformer.supports_sync)
        if needs_loop and not self.asynchronous:
            raise RuntimeError(
                f"transformer {name} needs an async run, because it has async hooks or requires_async = True: use astream_events()"
            )
        projections = transformer.init()
        if not isinstance(projections, dict):
            raise TypeError(
                f"{name}.init() must return a dict of projections by name, not {type(projections).__name__}"
            )
        for key, projection in projections.items():
            if key in self._owners:
                raise ValueError(
                    f"transformer {name} has a projection {key!r}, which is the name of one of {self._owners[key]} already: rename it"
                )
            self._owners[key] = name
            self.projections[key] = projection
            if transformer._native:
                self.native[key] = projection
            if isinstance(projection, StreamChannel):
                projection.attach(self, self.source, self._forwarding(projection.name, native=transformer._native))
                if projection.maxlen is not None:
                    self._bounded.append(projection)
        self.transformers.append(transformer)
        transformer.attached(self)

    def _forwarding(self, name: str | None, *, native: bool) -> Callable[[Any], None] | None:
        if name is None:
            return None
        method = name if native else f"custom:{name}"
        return lambda item: self._log(event_of(method, item))

    # -- events --------------------------------------------------------------------------------------------------------------------

    def push(self, event: ProtocolEvent) -> None:
        """Show `event` to the transformers of a sync run."""
        kept = True
        for transformer in self.transformers:
            if not transformer.process(event):
                kept = False
        if kept:
            self._log(event)

    async def apush(self, event: ProtocolEvent) -> None:
        """Show `event` to the transformers of an async run, one after the other."""
        kept = True
        for transformer in self.transformers:
            if not await transformer.aprocess(event):
                kept = False
        if kept:
            self._log(event)
        if any(channel.crowded for channel in self._bounded):
            await asyncio.sleep(0)

    def _log(self, event: ProtocolEvent) -> None:
        if self._numbers is not None:
            event["seq"] = next(self._numbers)
        if not self.ended:
            self.events.push(event)

    # -- the end -------------------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the stream, as the sync run has. What a transformer raises then is what the stream fails with."""
        if self.ended:
            return
        try:
            for transformer in self.transformers:
                transformer.finalize()
        except Exception as error:
            self.fail(error)
        else:
            self._end(None)

    def fail(self, error: BaseException) -> None:
        """End the stream with what the sync run ended with."""
        if self.ended:
            return
        self.error = error
        for transformer in self.transformers:
            try:
                transformer.fail(error)
            except Exception:
                _report(transformer, "fail")
        self._end(error)

    async def aclose(self) -> None:
        """`close` of an async run: first waits for what transformers scheduled."""
        if self.ended:
            return
        try:
            await self._join_scheduled()
            for transformer in self.transformers:
                await transformer.afinalize()
        except Exception as error:
            await self.afail(error)
        else:
            self._end(None)

    async def afail(self, error: BaseException) -> None:
        """`fail` of an async run: first cancels what transformers scheduled."""
        if self.ended:
            return
        self.error = error
        await self.cancel_scheduled()
        for transformer in self.transformers:
            try:
                await transformer.afail(error)
            except Exception:
                _report(transformer, "afail")
        self._end(error)

    async def cancel_scheduled(self) -> None:
        """Cancel what transformers scheduled, and wait until it has ended."""
        tasks = [task for transformer in self.transformers for task in transformer.scheduled]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _join_scheduled(self) -> None:
        for transformer in self.transformers:
            # The list may grow meanwhile: what is scheduled may schedule more.
            for task in transformer.scheduled:
                await asyncio.wait((task,))
                error = None if task.cancelled() else task.exception()
                if error is not None:
                    raise error

    def _end(self, error: BaseException | None) -> None:
        self.ended = True
        channels = [item for item in self.projections.values() if isinstance(item, StreamChannel)]
        for channel in (*channels, self.events):
            if error is None:
                channel.close()
            else:
                channel.fail(error)


def _report(transformer: StreamTransformer, hook: str) -> None:
    # The run's own error is what its readers get.
    logger.exception("%s.%s() failed while a run ended", type(transformer).__name__, hook)
