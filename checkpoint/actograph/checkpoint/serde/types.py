"""Names and protocols that stored data and channels share. They occur in data, so they are LangGraph's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol, Self, TypeVar, runtime_checkable

__all__ = ("ERROR", "INTERRUPT", "MISSING", "RESUME", "SCHEDULED", "TASKS", "ChannelProtocol", "SendProtocol")

ERROR: Final = "__error__"
SCHEDULED: Final = "__scheduled__"
INTERRUPT: Final = "__interrupt__"
RESUME: Final = "__resume__"
TASKS: Final = "__pregel_tasks"


class _Missing:
    """The value of what holds none; there is one, `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final[Any] = _Missing()
"""What a channel's `checkpoint()` returns when it holds nothing, so that `None` stays a value."""

Value = TypeVar("Value", covariant=True)
Update = TypeVar("Update", contravariant=True)
Stored = TypeVar("Stored")


@runtime_checkable
class ChannelProtocol(Protocol[Value, Update, Stored]):
    """What a saver may expect of a channel."""

    @property
    def ValueType(self) -> Any: ...

    @property
    def UpdateType(self) -> Any: ...

    def checkpoint(self) -> Stored | None: ...

    def from_checkpoint(self, checkpoint: Stored | None) -> Self: ...

    def update(self, values: Sequence[Update]) -> bool: ...

    def get(self) -> Value: ...

    def consume(self) -> bool: ...


@runtime_checkable
class SendProtocol(Protocol):
    """What a saver may expect of a `Send`: the node it goes to and what it carries."""

    node: str
    arg: Any

    def __hash__(self) -> int: ...

    def __repr__(self) -> str: ...

    def __eq__(self, value: object) -> bool: ...
