"""Messages of the event stream: the parts of a chat model's message as the model tells of them, and whole ones that nodes return."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tracers._streaming import _V2StreamingCallbackHandler

from actograph.pregel.langchain.messages import MessagesHandler, note_sent
from actograph.pregel.shapes import MESSAGE_EVENTS


class MessageEventsHandler(MessagesHandler, _V2StreamingCallbackHandler):
    """Hears the chat models of a run that is read as an event stream. What it derives from makes models tell of parts instead of tokens."""

    mode: ClassVar[str] = MESSAGE_EVENTS

    def on_stream_event(
        self,
        event: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """A model has begun or finished a message or a block of it, or has made a piece of one."""
        call = self._calls.get(run_id)
        if call is None:
            return
        task, metadata = call
        message_id = event.get("id")
        if event["event"] == "message-start" and message_id is not None:
            note_sent(message_id, task, self.mode)
        task.emit_mode(self.mode, (event, {**metadata, "run_id": str(run_id)}))

    def on_llm_new_token(self, *args: Any, **kwargs: Any) -> Any:
        """Tokens are told as events; those of a model that knows only tokens are not told of."""

    def shows(self, message: BaseMessage) -> bool:
        """Whether a message that a node returned is sent: those that a model made."""
        return isinstance(message, AIMessage)
