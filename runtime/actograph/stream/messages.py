"""`run.messages`: the calls of chat models, each as an object with its text, reasoning and tool calls as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from actograph.stream.events import ProtocolEvent
from actograph.stream.stream_channel import StreamChannel
from actograph.stream.transformer import StreamTransformer

if TYPE_CHECKING:
    from langchain_core.language_models.chat_model_stream import AsyncChatModelStream, ChatModelStream

    from actograph.stream.hub import Hub


class MessagesTransformer(StreamTransformer):
    """`run.messages`: a `ChatModelStream` of langchain-core for each call of a chat model in a node of this graph, and for each whole
    `AIMessage` that a node returns. Calls in sub-graphs are on their handles."""

    _native: ClassVar[bool] = True
    required_stream_modes: ClassVar[tuple[str, ...]] = ("messages",)

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        super().__init__(scope)
        self._channel: StreamChannel[Any] = StreamChannel()
        self._running: dict[str, ChatModelStream | AsyncChatModelStream] = {}
        self._hub: Hub

    def init(self) -> dict[str, Any]:
        """The projection "messages"."""
        return {"messages": self._channel}

    def attached(self, hub: Hub) -> None:
        """Reading a message's text makes the hub's run go on."""
        self._hub = hub

    def process(self, event: ProtocolEvent) -> bool:
        """Hand the event on to the message it is part of."""
        params = event["params"]
        if event["method"] != "messages" or tuple(params["namespace"]) != self.scope:
            return True
        payload, metadata = params["data"]
        if isinstance(payload, dict):
            self._part(payload, metadata)
        elif self._channel.is_read and _is_whole(payload):
            self._whole(payload, metadata)
        return True

    def _part(self, part: dict[str, Any], metadata: dict[str, Any]) -> None:
        call = str(metadata.get("run_id"))
        kind = part.get("event")
        if kind == "message-start" and self._channel.is_read:
            message = self._running[call] = self._new(part.get("id"), metadata)
            message.dispatch(part)
            self._channel.push(message)
            return
        running = self._running.get(call)
        if running is not None:
            running.dispatch(part)
            if kind in ("message-finish", "error"):
                del self._running[call]

    def _whole(self, payload: Any, metadata: dict[str, Any]) -> None:
        # Langchain-core has no public name for it.
        from langchain_core.language_models._compat_bridge import message_to_events

        message = self._new(payload.id, metadata)
        for part in message_to_events(payload, message_id=payload.id):
            message.dispatch(part)
        self._channel.push(message)

    def _new(self, message_id: str | None, metadata: dict[str, Any]) -> ChatModelStream | AsyncChatModelStream:
        from langchain_core.language_models.chat_model_stream import AsyncChatModelStream, ChatModelStream

        place: dict[str, Any] = {"namespace": list(self.scope), "node": metadata.get("langgraph_node")}
        if self._hub.asynchronous:
            message = AsyncChatModelStream(**place, message_id=message_id)
            message.set_arequest_more(self._hub.source.apull)
            return message
        blocking = ChatModelStream(**place, message_id=message_id)
        blocking.set_request_more(self._hub.source.pull)
        return blocking

    def finalize(self) -> None:
        """Messages have ended by themselves."""
        self._running.clear()

    def fail(self, err: BaseException) -> None:
        """Who reads a message that is not complete gets the error."""
        for message in self._running.values():
            message.fail(err)
        self._running.clear()


def _is_whole(payload: Any) -> bool:
    from langchain_core.messages import AIMessage, AIMessageChunk

    return isinstance(payload, AIMessage) and not isinstance(payload, AIMessageChunk)
