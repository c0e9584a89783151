"""`stream_mode="messages"`: tokens as chat models make them, and the messages that nodes return without having streamed them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from langchain_core.callbacks.base import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, LLMResult
from langchain_core.tracers._streaming import _StreamingCallbackHandler

from actograph.constants import TAG_NOSTREAM
from actograph.engine.current import TASK
from actograph.types import Command

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.task import Task

T = TypeVar("T")


class MessagesHandler(BaseCallbackHandler, _StreamingCallbackHandler[Any]):
    """Hears the chat models of a run and of the runs inside it. That it is a streaming handler makes models stream under `invoke` too."""

    run_inline = True
    # A stream that may hold no more stops the node that writes.
    raise_error = True
    mode: ClassVar[str] = "messages"
    """The stream mode that it serves."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        """Running tasks by namespace."""
        self._calls: dict[UUID, tuple[Task, dict[str, Any]]] = {}
        """Model calls that are heard, with the metadata of their messages."""

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """A model is called."""
        if not metadata or (tags and TAG_NOSTREAM in tags):
            return
        # By the metadata first: threads that a node makes itself know no current task.
        task = self.tasks.get(metadata.get("langgraph_checkpoint_ns", "")) or TASK.get()
        if task is None or self.mode not in task.run.emit.wanted:
            return
        shown = [tag for tag in tags or () if not tag.startswith("seq:step")]
        self._calls[run_id] = (task, {**metadata, "tags": shown} if shown else metadata)

    def on_llm_new_token(
        self,
        token: str | list[str | dict[str, Any]],
        *,
        chunk: Any = None,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """A model has made a piece of its message."""
        call = self._calls.get(run_id)
        if call is not None and isinstance(chunk, ChatGenerationChunk):
            send(chunk.message, *call, self.mode)

    def on_llm_end(
        self,
        response: LLMResult,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """A model's message is complete: it is sent whole if it was not streamed."""
        call = self._calls.pop(run_id, None)
        if call is not None and response.generations and response.generations[0]:
            made = response.generations[0][0]
            if isinstance(made, ChatGeneration) and made.message.id not in seen_in(call[0].run):
                send(made.message, *call, self.mode)

    def on_llm_error(
        self,
        error: BaseException,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """A model has failed."""
        self._calls.pop(run_id, None)

    def shows(self, message: BaseMessage) -> bool:
        """Whether a message that a node returned is sent."""
        return True

    def tap_output_aiter(self, run_id: UUID, output: AsyncIterator[T]) -> AsyncIterator[T]:
        """Nothing to do with chunks of other kinds."""
        return output

    def tap_output_iter(self, run_id: UUID, output: Iterator[T]) -> Iterator[T]:
        """Nothing to do with chunks of other kinds."""
        return output


def note_given(task: Task, given: Any) -> None:
    """The messages in a node's input are known: they are not sent again when the node returns them."""
    seen_in(task.run).update(message.id for message in _messages_in(given) if message.id is not None)


def send_returned(task: Task, returned: Any, metadata: Mapping[str, Any], handlers: Iterable[MessagesHandler]) -> None:
    """Send the messages in what a node returned, those that were not streamed or known."""
    seen = seen_in(task.run)
    for message in _messages_in(returned):
        if message.id is None:
            message.id = str(uuid4())
        if message.id not in seen:
            for handler in handlers:
                if handler.shows(message):
                    send(message, task, dict(metadata), handler.mode)


def seen_in(run: Coordinator) -> set[str]:
    """Ids of the messages that the readers of a run know."""
    trace: Any = run.launch.trace
    seen: set[str] = set() if trace is None else trace.seen
    return seen


def send(message: BaseMessage, task: Task, metadata: dict[str, Any], mode: str) -> None:
    """Send a message, or a piece of one, to the readers of `mode`."""
    if message.id is not None:
        note_sent(message.id, task, mode)
    task.emit_mode(mode, (message, metadata))


def note_sent(message_id: str, task: Task, mode: str) -> None:
    """The readers of `mode` know this message: it is not sent again when a node returns it."""
    run = task.run
    seen_in(run).add(message_id)
    # Readers of the runs around it know it too, if they read the messages of sub-graphs.
    while run.launch.parent is not None and _reads_inward(run.launch.parent.run, mode):
        run = run.launch.parent.run
        seen_in(run).add(message_id)


def _reads_inward(run: Coordinator, mode: str) -> bool:
    return any(mode in wanted for wanted, _ in run.emit.inward)


def _messages_in(value: Any) -> Iterable[BaseMessage]:
    """Messages in a value: itself, in a list, under the keys of a dict or fields of a state, in the update of a command."""
    if isinstance(value, BaseMessage):
        yield value
    elif isinstance(value, Command):
        if value.update is not None:
            yield from _messages_in(value.update)
    elif isinstance(value, list | tuple):
        for item in value:
            if isinstance(item, BaseMessage):
                yield item
            elif isinstance(item, Command | dict):
                yield from _messages_in(item)
            elif isinstance(item, tuple) and len(item) == 2:
                yield from _directly_in(item[1])
    else:
        for item in _fields_of(value):
            yield from _directly_in(item)


def _directly_in(value: Any) -> Iterable[BaseMessage]:
    for item in value if isinstance(value, list | tuple) else (value,):
        if isinstance(item, BaseMessage):
            yield item


def _fields_of(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    model_fields = getattr(type(value), "model_fields", None)
    if model_fields is not None:
        return [getattr(value, name, None) for name in model_fields]
    return ()
