"""What channels that hold one value have in common."""

from __future__ import annotations

from typing import Any, Generic, Self

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.checkpoint.base import EmptyChannelError


class SingleValue(BaseChannel[Value, Value, Value], Generic[Value]):
    """Holds one value or none; a subclass says what a superstep's writes do to it."""

    __slots__ = ("value",)
    ticks = False

    def __init__(self, typ: Any, key: str = "") -> None:
        super().__init__(typ, key)
        self.value: Any = MISSING

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def from_checkpoint(self, checkpoint: Any) -> Self:
        # Without __init__, whose parameters differ from subclass to subclass; a run makes its channels this way.
        fresh = self.__class__.__new__(self.__class__)
        fresh.typ = self.typ
        fresh.key = self.key
        fresh.value = checkpoint
        return fresh

    def get(self) -> Value:
        if self.value is MISSING:
            raise EmptyChannelError(f"channel {self.key!r} is empty")
        return self.value  # type: ignore[no-any-return]

    def is_available(self) -> bool:
        return self.value is not MISSING

    def checkpoint(self) -> Any:
        return self.value


class GuardedValue(SingleValue[Value], Generic[Value]):
    """The same for channels with a `guard`: when it is set, two writes in one superstep are an error."""

    __slots__ = ("guard",)

    def __init__(self, typ: Any, guard: bool = True) -> None:
        super().__init__(typ)
        self.guard = guard

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.guard == self.guard

    __hash__ = object.__hash__

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = super().from_checkpoint(checkpoint)
        fresh.guard = self.guard
        return fresh
