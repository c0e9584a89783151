"""Handles of sub-graphs: a hub of its own for each, fed with the events of its namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from actograph.stream.events import ProtocolEvent, Scope
from actograph.stream.lifecycle import SubgraphStatus, Tracker
from actograph.stream.run_stream import AsyncSubgraphRunStream, SubgraphRunStream
from actograph.stream.stream_channel import StreamChannel

if TYPE_CHECKING:
    from actograph.stream.hub import Hub

Handle = SubgraphRunStream | AsyncSubgraphRunStream


class SubgraphTransformer(Tracker):
    """`run.subgraphs`: a handle for each sub-graph one level below, when its first task starts; deeper ones are on the handle's own."""

    _native: ClassVar[bool] = True
    supports_sync: ClassVar[bool] = True

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        super().__init__(scope)
        self._channel: StreamChannel[Any] = StreamChannel()
        self._handles: dict[Scope, Handle] = {}
        self._hub: Hub

    def init(self) -> dict[str, Any]:
        """The projection "subgraphs"."""
        return {"subgraphs": self._channel}

    def attached(self, hub: Hub) -> None:
        """Handles get hubs like this one."""
        self._hub = hub

    def tracks(self, namespace: Scope) -> bool:
        """The graphs one level below."""
        return len(namespace) == len(self.scope) + 1 and namespace[:-1] == self.scope

    def began(self, namespace: Scope, graph_name: str, trigger_call_id: str) -> None:
        """Make its handle."""
        make = AsyncSubgraphRunStream if self._hub.asynchronous else SubgraphRunStream
        handle: Handle = make(
            self._hub.inner(namespace), path=namespace, graph_name=graph_name, trigger_call_id=trigger_call_id
        )
        self._handles[namespace] = handle
        self._channel.push(handle)

    def process(self, event: ProtocolEvent) -> bool:
        """Hand the event on to the sub-graph it comes from."""
        endings = self.follow(event) if event["method"] == "tasks" else ()
        handle = self._of(event)
        if handle is not None:
            handle.observe(event)
            handle.hub.push(event)
        for namespace, status, error in endings:
            self._end(namespace, status, error)
        return True

    async def aprocess(self, event: ProtocolEvent) -> bool:
        """Hand the event on to the sub-graph it comes from."""
        endings = self.follow(event) if event["method"] == "tasks" else ()
        handle = self._of(event)
        if handle is not None:
            handle.observe(event)
            await handle.hub.apush(event)
        for namespace, status, error in endings:
            await self._aend(namespace, status, error)
        return True

    def finalize(self) -> None:
        """What is still open has ended with the run."""
        for namespace, status, error in self.rest(None):
            self._end(namespace, status, error)

    async def afinalize(self) -> None:
        """What is still open has ended with the run."""
        for namespace, status, error in self.rest(None):
            await self._aend(namespace, status, error)

    def fail(self, err: BaseException) -> None:
        """What is still open has failed with the run."""
        for namespace, status, error in self.rest(err):
            self._end(namespace, status, error, err)

    async def afail(self, err: BaseException) -> None:
        """What is still open has failed with the run."""
        for namespace, status, error in self.rest(err):
            await self._aend(namespace, status, error, err)

    def _of(self, event: ProtocolEvent) -> Handle | None:
        depth = len(self.scope)
        namespace = event["params"]["namespace"]
        if len(namespace) <= depth or not self._handles:
            return None
        handle = self._handles.get((*self.scope, namespace[depth]))
        return None if handle is None or handle.hub.ended else handle

    def _settled(self, namespace: Scope, status: SubgraphStatus, error: str | None) -> Handle:
        handle = self._handles.pop(namespace)
        handle.status = status
        handle.error = error
        return handle

    def _end(
        self, namespace: Scope, status: SubgraphStatus, text: str | None, error: BaseException | None = None
    ) -> None:
        hub = self._settled(namespace, status, text).hub
        if status == "failed":
            hub.fail(error or RuntimeError(text))
        elif not hub.ended:
            hub.close()
            if hub.error is not None:
                raise hub.error  # a transformer of the sub-graph failed as it ended

    async def _aend(
        self, namespace: Scope, status: SubgraphStatus, text: str | None, error: BaseException | None = None
    ) -> None:
        hub = self._settled(namespace, status, text).hub
        if status == "failed":
            await hub.afail(error or RuntimeError(text))
        elif not hub.ended:
            await hub.aclose()
            if hub.error is not None:
                raise hub.error
