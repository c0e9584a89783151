"""A channel for writers that agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.checkpoint.base import EmptyChannelError


class AnyValue(BaseChannel[Value, Value, Value], Generic[Value]):
    """Keeps the last value written, taking all writes of one superstep to be equal; empty again after a superstep without a write."""

    __slots__ = ("value",)
    ticks = False
    transient = True

    def __init__(self, typ: Any, key: str = "") -> None:
        super().__init__(typ, key)
        self.value: Any = MISSING

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyValue)

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__(self.typ, self.key)
        fresh.value = checkpoint
        return fresh

    def update(self, values: Sequence[Value]) -> bool:
        if values:
            self.value = values[-1]
            return True
        if self.value is MISSING:
            return False
        self.value = MISSING
        return True

    def get(self) -> Value:
        if self.value is MISSING:
            raise EmptyChannelError(f"channel {self.key!r} is empty")
        return self.value  # type: ignore[no-any-return]

    def is_available(self) -> bool:
        return self.value is not MISSING

    def checkpoint(self) -> Any:
        return self.value
