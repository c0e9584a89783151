"""A channel that holds its value for one superstep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.checkpoint.base import EmptyChannelError
from actograph.errors import InvalidUpdateError


class EphemeralValue(BaseChannel[Value, Value, Value], Generic[Value]):
    """Holds what the superstep before wrote, and is empty after a superstep without a write. With `guard`, one write a superstep."""

    __slots__ = ("guard", "value")
    ticks = False
    transient = True

    def __init__(self, typ: Any, guard: bool = True) -> None:
        super().__init__(typ)
        self.guard = guard
        self.value: Any = MISSING

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EphemeralValue) and other.guard == self.guard

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__(self.typ, self.guard)
        fresh.key = self.key
        fresh.value = checkpoint
        return fresh

    def update(self, values: Sequence[Value]) -> bool:
        if not values:
            if self.value is MISSING:
                return False
            self.value = MISSING
            return True
        if self.guard and len(values) != 1:
            raise InvalidUpdateError(
                f"key {self.key!r} got {len(values)} values in one superstep; it takes one: use EphemeralValue(..., guard=False) to keep "
                "the last of them"
            )
        self.value = values[-1]
        return True

    def get(self) -> Value:
        if self.value is MISSING:
            raise EmptyChannelError(f"channel {self.key!r} is empty")
        return self.value  # type: ignore[no-any-return]

    def is_available(self) -> bool:
        return self.value is not MISSING

    def checkpoint(self) -> Any:
        return self.value
