"""The two kinds of messages: LangChain's objects where `langchain-core` is installed, and plain dicts where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Protocol
from uuid import uuid4

REMOVE_ALL_MESSAGES: Final = "__remove_all__"
"""Id of a removal that drops all that comes before it."""

_ROLES: Final = {"human": "user", "ai": "assistant"}
"""LangChain's names of roles that have another one in a dict."""


class MessageKind(Protocol):
    """What `add_messages` needs to know of messages."""

    def coerce(self, given: Any) -> list[Any]:
        """A new list of messages, made of one message or a list of them. Raises NotImplementedError or ValueError for what is none."""
        ...

    def ids(self, messages: Sequence[Any]) -> list[str | None]:
        """The id of each."""
        ...

    def identify(self, messages: list[Any], place: int) -> None:
        """Give the message at `place`, which has none, an id."""
        ...

    def is_removal(self, message: Any) -> bool:
        """Whether it stands for the removal of the message with its id."""
        ...

    def formatted(self, messages: list[Any], format: str) -> list[Any]:
        """The messages in another format. Raises ValueError for one that is not known."""
        ...


@cache
def message_kind() -> MessageKind:
    """The kind in use: importing `langchain_core.messages`, where it is installed, at the first call."""
    try:
        import langchain_core.messages as module

        # The package loads its modules as their names are asked for; reading a checkpoint may need any of them.
        _ = module.AnyMessage
    except ImportError:
        return DictMessages()
    return LangChainMessages(module)


class LangChainMessages:
    """Messages as LangChain's objects. Strings, pairs and dicts become objects, chunks whole messages."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._whole: set[type] = set()
        """Classes of messages, those of chunks left out."""

    def coerce(self, given: Any) -> list[Any]:
        """See `MessageKind`."""
        found = list(given) if isinstance(given, list) else [given]
        if not self._known(set(map(type, found))):
            found = [self._message(one) for one in self._module.convert_to_messages(found)]
        return found

    def _known(self, classes: set[type]) -> bool:
        # Most calls find messages of a few classes, thousands of them, so these are looked at and not the messages.
        if classes <= self._whole:
            return True
        for cls in classes:
            if not issubclass(cls, self._module.BaseMessage) or issubclass(cls, self._module.BaseMessageChunk):
                return False
        self._whole |= classes
        return True

    def _message(self, one: Any) -> Any:
        return self._module.message_chunk_to_message(one) if isinstance(one, self._module.BaseMessageChunk) else one

    def ids(self, messages: Sequence[Any]) -> list[str | None]:
        """See `MessageKind`."""
        return [message.id for message in messages]

    def identify(self, messages: list[Any], place: int) -> None:
        """See `MessageKind`. In place: whoever has the message, a stream or a router, sees the same id."""
        messages[place].id = str(uuid4())

    def is_removal(self, message: Any) -> bool:
        """See `MessageKind`."""
        return isinstance(message, self._module.RemoveMessage)

    def formatted(self, messages: list[Any], format: str) -> list[Any]:
        """See `MessageKind`. `"langchain-openai"`: content blocks as OpenAI has them."""
        _check_format(format)
        found = self._module.convert_to_messages(self._module.convert_to_openai_messages(messages))
        if len(found) == len(messages):
            # OpenAI's form has no place for ids and other fields; without ids nothing could be replaced or removed any more.
            for message, before in zip(found, messages, strict=True):
                for name, field in type(message).model_fields.items():
                    if name != "content" and getattr(message, name) == field.get_default(call_default_factory=True):
                        setattr(message, name, getattr(before, name, getattr(message, name)))
        return list(found)


class DictMessages:
    """Messages as dicts with `role` ("user", "assistant", "system", "tool", ...), `content`, `id` and what else they carry."""

    def coerce(self, given: Any) -> list[Any]:
        """See `MessageKind`."""
        return [self._message(one) for one in given] if isinstance(given, list) else [self._message(given)]

    def _message(self, one: Any) -> dict[str, Any]:
        if isinstance(one, str):
            return {"role": "user", "content": one}
        if isinstance(one, tuple | list) and len(one) == 2 and isinstance(one[0], str):
            role, content = one
            return {"role": _ROLES.get(role, role), "content": content}
        if isinstance(one, dict):
            role = one.get("role", one.get("type"))
            if not isinstance(role, str) or "content" not in one:
                raise ValueError(f'a message dict needs the keys "role" and "content"; got {_shown(one)}')
            if one.get("role") == role and role not in _ROLES:
                return one
            rest = {key: value for key, value in one.items() if key not in ("role", "type")}
            return {"role": _ROLES.get(role, role), **rest}
        raise NotImplementedError(
            f"a message is text, a pair (role, content) or a dict; got {type(one).__name__}: {_shown(one)}. Message objects need "
            "langchain-core: pip install 'actograph[langchain]'"
        )

    def ids(self, messages: Sequence[Any]) -> list[str | None]:
        """See `MessageKind`."""
        return [message.get("id") for message in messages]

    def identify(self, messages: list[Any], place: int) -> None:
        """See `MessageKind`. The dict that was given stays as it is."""
        messages[place] = {**messages[place], "id": str(uuid4())}

    def is_removal(self, message: Any) -> bool:
        """See `MessageKind`."""
        return bool(message["role"] == "remove")

    def formatted(self, messages: list[Any], format: str) -> list[Any]:
        """See `MessageKind`."""
        _check_format(format)
        raise ImportError(
            f"add_messages(format={format!r}) needs langchain-core, which is not installed: pip install 'actograph[langchain]'"
        )


def remove_message(id: str) -> dict[str, Any]:
    """The removal of the message with this id, as a dict; any kind of message takes it."""
    return {"role": "remove", "content": "", "id": id}


def _check_format(format: str) -> None:
    if format != "langchain-openai":
        raise ValueError(
            f"add_messages(format={format!r}): expected 'langchain-openai', or None to leave messages as they are"
        )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
