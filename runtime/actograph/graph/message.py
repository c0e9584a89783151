"""States made of messages: the reducer `add_messages`, the schema `MessagesState`, and `push_message`.

With `langchain-core` installed, messages are its objects; without it they are dicts `{"role", "content", "id", ...}`. Nothing is imported
for that before the first use, which is also why `MessagesState` and `RemoveMessage` are made when they are first asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, overload

from actograph.config import config_of
from actograph.engine.current import current_task
from actograph.graph.message_kinds import REMOVE_ALL_MESSAGES, MessageKind, message_kind, remove_message
from actograph.graph.state import StateGraph

if TYPE_CHECKING:
    from langchain_core.messages import AnyMessage
    from langchain_core.messages import RemoveMessage as RemoveMessage

__all__ = ("REMOVE_ALL_MESSAGES", "MessageGraph", "MessagesState", "add_messages", "push_message")

Messages = Any
"""One message or a list of them; a message is an object of LangChain's, text (from the user), a pair (role, content), or a dict."""


@overload
def add_messages(left: Messages, right: Messages, *, format: str | None = None) -> list[Any]: ...
@overload
def add_messages(left: None = None, right: None = None, *, format: str | None = None) -> Callable[..., list[Any]]: ...
def add_messages(
    left: Messages | None = None, right: Messages | None = None, **kwargs: Any
) -> list[Any] | Callable[..., list[Any]]:
    """Merge messages: the reducer of a key that holds a conversation.

    A message of `right` replaces the one of `left` with the same id, or comes behind. Messages without an id are given one. A
    `RemoveMessage` removes the message with its id; with the id `REMOVE_ALL_MESSAGES` it removes all that comes before it.

    Without `left` and `right`, a reducer with the options given: `Annotated[list, add_messages(format="langchain-openai")]`.

    Parameters:
        left: what is there.
        right: what is added.
        format: `"langchain-openai"` rewrites the content of all messages into OpenAI's form (needs langchain-core).

    Raises ValueError for the removal of an id that is not there, an unknown format, or a dict that is no message; NotImplementedError for
    anything else that is no message.
    """
    if left is None or right is None:
        if left is not None or right is not None:
            given = "left" if left is not None else "right"
            raise ValueError(
                f"add_messages() merges two lists, and got only {given!r}: pass [] for the one that is empty"
            )
        return partial(add_messages, **kwargs)
    return _add(left, right, **kwargs)


# Its messages may have to be read from a checkpoint before the first call, and reading imports nothing.
add_messages.on_declared = message_kind  # type: ignore[attr-defined]


def _add(left: Messages, right: Messages, *, format: str | None = None) -> list[Any]:
    kind = message_kind()
    merged = _merged(kind, kind.coerce(left), kind.coerce(right))
    return merged if format is None else kind.formatted(merged, format)


_add.__name__ = _add.__qualname__ = "add_messages"  # for the text of a TypeError about its arguments


def _merged(kind: MessageKind, left: list[Any], right: list[Any]) -> list[Any]:
    left_ids, right_ids = kind.ids(left), kind.ids(right)
    if None in left_ids:
        left_ids = _identified(kind, left, left_ids)
    if all(of is None for of in right_ids):
        # None of them can meet one that is there.
        _identified(kind, right, right_ids)
        return left + right
    if None in right_ids:
        right_ids = _identified(kind, right, right_ids)
    for place in range(len(right) - 1, -1, -1):
        if right_ids[place] == REMOVE_ALL_MESSAGES and kind.is_removal(right[place]):
            return right[place + 1 :]
    places = dict(zip(left_ids, range(len(left)), strict=True))
    removed: set[str | None] = set()
    ids = left_ids
    for message, of in zip(right, right_ids, strict=True):
        place_of = places.get(of)
        if kind.is_removal(message):
            if place_of is None:
                raise ValueError(f"RemoveMessage(id={of!r}) removes a message that is not there; {_known(places)}")
            removed.add(of)
        elif place_of is None:
            places[of] = len(left)
            left.append(message)
            ids.append(of)
        else:
            left[place_of] = message
            removed.discard(of)
    return [message for message, of in zip(left, ids, strict=True) if of not in removed] if removed else left


def _identified(kind: MessageKind, messages: list[Any], ids: list[str | None]) -> list[str | None]:
    for place, of in enumerate(ids):
        if of is None:
            kind.identify(messages, place)
    return kind.ids(messages)


def _known(places: dict[str | None, int]) -> str:
    if not places:
        return "there are no messages"
    ids = [repr(of) for of in places]
    return f"the ids are {', '.join(ids if len(ids) <= 5 else ['...', *ids[-5:]])}"


def push_message(message: Any, *, state_key: str | None = "messages") -> Any:
    """Send a message to readers of `stream_mode="messages"` before the node ends, and write it to the state.

    Parameters:
        message: a message with an id, or what becomes one.
        state_key: the key it is written to; None only sends it.

    Returns the message. Raises ValueError when it has no id, RuntimeError outside of a run.
    """
    task = current_task("push_message()")
    kind = message_kind()
    if isinstance(message, list):
        raise NotImplementedError("push_message() takes one message; call it once for each")
    (found,) = kind.coerce(message)
    if kind.ids([found])[0] is None:
        raise ValueError("push_message(): the message needs an id, so that the state can tell it from others; set one")
    sent = message if type(message).__name__.endswith("Chunk") else found
    metadata = dict(config_of(task)["metadata"])
    if isinstance(sent, dict):
        task.emit_mode("messages", (sent, metadata))
    else:
        from actograph.pregel.langchain.messages import send  # needs LangChain, whose message this is

        send(sent, task, metadata, "messages")
    if state_key is not None:
        task.writes.append((state_key, sent))
    return sent


class MessageGraph(StateGraph[Any, Any, Any, Any]):
    """A graph whose whole state is a list of messages. Deprecated, as in LangGraph: use `StateGraph(MessagesState)`."""

    def __init__(self) -> None:
        warnings.warn(
            "MessageGraph is deprecated: use StateGraph with a `messages` key, e.g. StateGraph(MessagesState)",
            DeprecationWarning,
            stacklevel=2,
        )
        super().__init__(Annotated[list[_any_message()], add_messages])  # type: ignore[misc,arg-type]


def _any_message() -> Any:
    message_kind()
    try:
        from langchain_core.messages import AnyMessage
    except ImportError:
        return dict[str, Any]
    return AnyMessage


if TYPE_CHECKING:

    class MessagesState(TypedDict):
        """A state with the key `messages`; subclass it to add keys."""

        messages: Annotated[list[AnyMessage], add_messages]


def _messages_state() -> Any:
    made = TypedDict("MessagesState", {"messages": Annotated[list[_any_message()], add_messages]})  # type: ignore[misc]  # noqa: UP013
    made.__doc__ = None  # it would be the description in JSON schemas, which LangGraph's does not have
    made.__module__ = __name__
    return made


def _remove_message() -> Any:
    message_kind()
    try:
        from langchain_core.messages import RemoveMessage as Removal
    except ImportError:
        return remove_message
    return Removal


_LATE: dict[str, Callable[[], Any]] = {
    "MessagesState": _messages_state,
    "RemoveMessage": _remove_message,
    "AnyMessage": _any_message,
}


def __getattr__(name: str) -> Any:
    make = _LATE.get(name)
    if make is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = globals()[name] = make()
    return made
