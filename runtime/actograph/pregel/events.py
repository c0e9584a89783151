"""Reading a run as an event stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from actograph.constants import NS_SEP
from actograph.engine.current import TASK
from actograph.pregel.base import Config, PregelBase
from actograph.pregel.shapes import MESSAGE_EVENTS
from actograph.types import Command
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.stream.hub import Hub
    from actograph.stream.pump import AsyncPump, SyncPump
    from actograph.stream.run_stream import AsyncGraphRunStream

EventsVersion = Literal["v1", "v2", "v3"]
Transformers = Sequence[Callable[[tuple[str, ...]], Any]]


class Eventful(PregelBase[StateT, ContextT, InputT, OutputT]):
    """Runs a graph as a stream of events."""

    stream: Callable[..., Any]
    astream: Callable[..., Any]

    def stream_events(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        version: EventsVersion = "v2",
        transformers: Transformers | None = None,
        **kwargs: Any,
    ) -> Any:
        """A run to be read through projections: a `GraphRunStream`, with `version="v3"`.

        Parameters:
            input, config: as in `invoke`.
            version: "v3". The older ones are langchain-core's, and async only: see `astream_events`.
            transformers: subclasses of `StreamTransformer`, or functions of the scope that make one; after those given to `compile`.
            kwargs: as in `stream` (context, interrupt_before, durability, output_keys ...), without stream_mode and subgraphs.

        The run starts when something of it is read. Raises NotImplementedError for another version, TypeError for `stream_mode`,
        `subgraphs`, or an instance among the transformers; and what `Hub` raises for transformers that do not fit.
        """
        if version != "v3":
            raise NotImplementedError(
                f'stream_events(version={version!r}) is not offered: choose version="v3", or astream_events(version="v2") for '
                "langchain-core's events"
            )
        from actograph.stream.pump import SyncPump
        from actograph.stream.run_stream import GraphRunStream

        hub = self._hub(SyncPump(), transformers, kwargs, asynchronous=False)
        parts = self.stream(input, config, stream_mode=_asked(hub), subgraphs=True, **{**kwargs, "version": "v2"})
        return GraphRunStream(parts, hub)

    def astream_events(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        version: EventsVersion = "v2",
        transformers: Transformers | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Any] | Awaitable[Any]:
        """A run to be read through projections: an `AsyncGraphRunStream`, with `await` and `version="v3"`; see `stream_events`.

        With version "v1" or "v2", an async iterator of langchain-core's events: the starts, chunks and ends of everything in the run that
        takes callbacks.
        """
        if version == "v3":
            return self._arun_stream(input, config, transformers, kwargs)
        from actograph.pregel.langchain import astream_events

        return astream_events(self, input, config, version=version, **kwargs)

    async def _arun_stream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None,
        transformers: Transformers | None,
        kwargs: dict[str, Any],
    ) -> AsyncGraphRunStream:
        from actograph.stream.pump import AsyncPump
        from actograph.stream.run_stream import AsyncGraphRunStream

        hub = self._hub(AsyncPump(), transformers, kwargs, asynchronous=True)
        parts = self.astream(input, config, stream_mode=_asked(hub), subgraphs=True, **{**kwargs, "version": "v2"})
        return AsyncGraphRunStream(parts, hub)

    def _hub(
        self, pump: SyncPump | AsyncPump, given: Transformers | None, kwargs: dict[str, Any], *, asynchronous: bool
    ) -> Hub:
        from actograph.stream.hub import Hub
        from actograph.stream.transformers import BUILTIN

        for name in ("stream_mode", "subgraphs"):
            if name in kwargs:
                raise TypeError(
                    f"{name} is not for the event stream: its transformers say which modes they need, and sub-graphs are always in it"
                )
        factories = (*self.stream_transformers, *(given or ()))
        for factory in factories:
            if not callable(factory):
                raise TypeError(
                    f"transformers: give the class {type(factory).__name__}, or a function of the scope that makes one, not an instance: "
                    "each run and sub-graph gets its own"
                )
        return Hub((*BUILTIN, *factories), pump, scope=_scope(), asynchronous=asynchronous)


def _asked(hub: Hub) -> list[str]:
    """The stream modes that the transformers need, as the engine calls them."""
    return [MESSAGE_EVENTS if mode == "messages" else mode for mode in hub.modes]


def _scope() -> tuple[str, ...]:
    """The namespace that a graph called here has."""
    caller = TASK.get()
    if caller is None:
        return ()
    inside = tuple(caller.checkpoint_ns.split(NS_SEP))
    return (*inside, str(caller.called)) if caller.called else inside
