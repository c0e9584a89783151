"""What a reader of an event stream holds: the run, its projections, and handles of its sub-graphs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from actograph.stream.events import ProtocolEvent, Scope
from actograph.stream.hub import Hub
from actograph.stream.pump import AsyncPump, Outcome, SyncPump
from actograph.stream.stream_channel import StreamChannel

if TYPE_CHECKING:
    from langchain_core.language_models.chat_model_stream import AsyncChatModelStream, ChatModelStream

    from actograph.stream.lifecycle import LifecyclePayload, SubgraphStatus


class _View:
    """The projections of one hub, as attributes and as `extensions`."""

    extensions: Mapping[str, Any]
    """All projections by name, those of custom transformers included."""
    hub: Hub
    """The transformers and the raw stream."""

    def __init__(self, hub: Hub, outcome: Outcome) -> None:
        self.hub = hub
        self._outcome = outcome
        self.extensions = MappingProxyType(hub.projections)
        for name, projection in hub.native.items():
            if isinstance(getattr(type(self), name, None), property):
                raise AttributeError(
                    f"a native transformer has a projection {name!r}, which every run has of its own: rename it"
                )
            setattr(self, name, projection)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        there = ", ".join(sorted(self.hub.native))
        hint = f"; give transformers=[{name.title()}Transformer]" if name in _OPTIONAL else ""
        if name in self.hub.projections:
            hint = f"; read it as extensions[{name!r}]"
        raise AttributeError(f"this {type(self).__name__} has no projection {name!r}{hint}. There are: {there}")

    def _result(self) -> Any:
        if self.hub.error is not None:
            raise self.hub.error
        return self._outcome.latest


_OPTIONAL = frozenset(("updates", "custom", "checkpoints", "debug", "tasks"))


class GraphRunStream(_View):
    """A sync run that is read by its projections, or by iterating it for every event; from `graph.stream_events(version="v3")`.

    Whoever reads drives the run, in his own thread: it starts with the first item asked for, and between two supersteps it stands still
    until somebody asks on. A projection has one reader, and keeps what others' reading brings from when its reader began; for several
    readers there is `tee`. Use it as a context manager, or call `abort()`, to stop before the end.

    Parameters:
        graph_iter: the parts of the run, as of `graph.stream(..., subgraphs=True, version="v2")`; None for a part of another run.
        mux: the hub with the transformers.
        wire_pump: whether reading its projections drives `graph_iter`.
    """

    values: StreamChannel[dict[str, Any]]
    """The state after each superstep."""
    messages: StreamChannel[ChatModelStream]
    """The calls of chat models, each with its text as it comes. Needs langchain-core."""
    lifecycle: StreamChannel[LifecyclePayload]
    """The beginnings and ends of sub-graphs, at any depth."""
    subgraphs: StreamChannel[SubgraphRunStream]
    """The sub-graphs one level below, as they begin."""
    updates: StreamChannel[dict[str, Any]]
    """What each task wrote. With `UpdatesTransformer`."""
    custom: StreamChannel[Any]
    """What nodes wrote to the stream. With `CustomTransformer`."""
    checkpoints: StreamChannel[dict[str, Any]]
    """The checkpoints, where there is a checkpointer. With `CheckpointsTransformer`."""
    debug: StreamChannel[dict[str, Any]]
    """Checkpoints and tasks with times. With `DebugTransformer`."""
    tasks: StreamChannel[dict[str, Any]]
    """Starts and results of tasks. With `TasksTransformer`."""

    def __init__(self, graph_iter: Iterator[Any] | None, mux: Hub, *, wire_pump: bool = True) -> None:
        outcome = Outcome(mux.scope)
        pump = mux.source
        if wire_pump and isinstance(pump, SyncPump):
            pump.parts, pump.hub, pump.outcome = graph_iter, mux, outcome
        super().__init__(mux, outcome)
        self._pump = pump

    def abort(self) -> None:
        """Stop the run: its nodes and sub-graphs are cancelled and waited for, its projections end. Once is enough."""
        if isinstance(self._pump, SyncPump):
            self._pump.abort()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.abort()

    def _finish(self) -> None:
        while not self.hub.ended and self._pump.pull():
            pass

    @property
    def output(self) -> dict[str, Any] | None:
        """The last state, once the run has ended: reading it drives the run to the end. Raises what the run raised."""
        self._finish()
        result: dict[str, Any] | None = self._result()
        return result

    @property
    def interrupted(self) -> bool:
        """Whether the run ended with questions; drives it to the end. Raises what the run raised."""
        return bool(self.interrupts)

    @property
    def interrupts(self) -> list[Any]:
        """The questions the run ended with; drives it to the end. Raises what the run raised."""
        self._finish()
        self._result()
        return list(self._outcome.interrupts)

    def __iter__(self) -> Iterator[ProtocolEvent]:
        """Every event, those of sub-graphs included, in order."""
        return iter(self.hub.events)

    def interleave(self, *names: str) -> Iterator[tuple[str, Any]]:
        """The items of several projections as `(name, item)`, in the order in which they came.

        The projections have their reader while this is iterated, and are free again afterwards.
        Raises KeyError for a name that is no projection, TypeError for a projection that is no channel, RuntimeError for one that has a
        reader.
        """
        channels: dict[str, StreamChannel[Any]] = {}
        for name in names:
            channel = self.extensions.get(name)
            if name not in self.extensions:
                raise KeyError(f"no projection {name!r}; there are: {', '.join(sorted(self.extensions))}")
            if not isinstance(channel, StreamChannel):
                raise TypeError(
                    f"projection {name!r} is a {type(channel).__name__}: only stream channels can be interleaved"
                )
            channels[name] = channel
        subscribed: list[StreamChannel[Any]] = []
        try:
            for channel in channels.values():
                channel.subscribe()
                subscribed.append(channel)
            while True:
                waiting = [(channel.first, name) for name, channel in channels.items() if channel.first is not None]
                if waiting:
                    name = min(waiting)[1]
                    yield name, channels[name].take()
                elif self.hub.ended or not self._pump.pull():
                    if all(channel.first is None for channel in channels.values()):
                        break
            for channel in channels.values():
                if channel.error is not None:
                    raise channel.error
        finally:
            for channel in subscribed:
                channel.unsubscribe()


class AsyncGraphRunStream(_View):
    """An async run that is read by its projections, or by iterating it for every event; from `await graph.astream_events(version="v3")`.

    Like `GraphRunStream`, with `async for`. Several tasks may read several projections at once: one at a time drives the run, the others
    get what it brings. Cancelling a reader that drives cancels the run. Use it as an async context manager, or call `abort()`, to stop
    before the end.

    Parameters:
        graph_aiter: the parts of the run, as of `graph.astream(..., subgraphs=True, version="v2")`; None for a part of another run.
        mux: the hub with the transformers.
        wire_pump: whether reading its projections drives `graph_aiter`.
    """

    values: StreamChannel[dict[str, Any]]
    messages: StreamChannel[AsyncChatModelStream]
    lifecycle: StreamChannel[LifecyclePayload]
    subgraphs: StreamChannel[AsyncSubgraphRunStream]
    updates: StreamChannel[dict[str, Any]]
    custom: StreamChannel[Any]
    checkpoints: StreamChannel[dict[str, Any]]
    debug: StreamChannel[dict[str, Any]]
    tasks: StreamChannel[dict[str, Any]]

    def __init__(self, graph_aiter: AsyncIterator[Any] | None, mux: Hub, *, wire_pump: bool = True) -> None:
        outcome = Outcome(mux.scope)
        pump = mux.source
        if wire_pump and isinstance(pump, AsyncPump):
            pump.parts, pump.hub, pump.outcome = graph_aiter, mux, outcome
        super().__init__(mux, outcome)
        self._pump = pump

    async def abort(self) -> None:
        """Stop the run: its nodes and sub-graphs are cancelled and waited for, its projections end. Once is enough."""
        if isinstance(self._pump, AsyncPump):
            await self._pump.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.abort()

    async def _finish(self) -> None:
        while not self.hub.ended and await self._pump.apull(self._ended):
            pass

    def _ended(self) -> bool:
        return self.hub.ended

    async def output(self) -> dict[str, Any] | None:
        """The last state, once the run has ended: awaiting it drives the run to the end. Raises what the run raised."""
        await self._finish()
        result: dict[str, Any] | None = self._result()
        return result

    async def interrupted(self) -> bool:
        """Whether the run ended with questions; drives it to the end. Raises what the run raised."""
        return bool(await self.interrupts())

    async def interrupts(self) -> list[Any]:
        """The questions the run ended with; drives it to the end. Raises what the run raised."""
        await self._finish()
        self._result()
        return list(self._outcome.interrupts)

    def __aiter__(self) -> AsyncIterator[ProtocolEvent]:
        """Every event, those of sub-graphs included, in order."""
        return aiter(self.hub.events)


class _Subgraph:
    """What a handle of a sub-graph has besides its projections."""

    path: Scope
    """The sub-graph's namespace, from the root."""
    graph_name: str | None
    """The name of the node it runs in, or its agent's name."""
    trigger_call_id: str | None
    """The id of the task it runs in."""
    status: SubgraphStatus
    """How it goes on, so far."""
    error: str | None
    """What it failed with."""
    _outcome: Outcome

    def observe(self, event: ProtocolEvent) -> None:
        """Take over what `event` says of the sub-graph's state."""
        self._outcome.observe(event)

    def _named(self, path: Scope, graph_name: str | None, trigger_call_id: str | None) -> None:
        self.path = path
        self.graph_name = graph_name
        self.trigger_call_id = trigger_call_id
        self.status = "started"
        self.error = None


class SubgraphRunStream(GraphRunStream, _Subgraph):
    """A sub-graph of a sync run: its projections show what happens in it from its first task on; reading them drives the whole run."""

    def __init__(
        self, mux: Hub, *, path: tuple[str, ...], graph_name: str | None = None, trigger_call_id: str | None = None
    ) -> None:
        super().__init__(None, mux, wire_pump=False)
        self._named(path, graph_name, trigger_call_id)

    def abort(self) -> None:
        """End the projections of this sub-graph. The run goes on: to stop it, abort the run."""
        self.hub.close()


class AsyncSubgraphRunStream(AsyncGraphRunStream, _Subgraph):
    """A sub-graph of an async run: its projections show what happens in it from its first task on; reading them drives the whole run."""

    def __init__(
        self, mux: Hub, *, path: tuple[str, ...], graph_name: str | None = None, trigger_call_id: str | None = None
    ) -> None:
        super().__init__(None, mux, wire_pump=False)
        self._named(path, graph_name, trigger_call_id)

    async def abort(self) -> None:
        """End the projections of this sub-graph. The run goes on: to stop it, abort the run."""
        await self.hub.cancel_scheduled()
        await self.hub.aclose()
