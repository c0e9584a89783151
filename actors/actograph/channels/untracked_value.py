"""A channel that is never stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.checkpoint.base import EmptyChannelError
from actograph.errors import InvalidUpdateError


class UntrackedValue(BaseChannel[Value, Value, Value], Generic[Value]):
    """Keeps the last value while the run lasts; no checkpoint holds it, so it is empty after a resume."""

    __slots__ = ("guard", "value")
    ticks = False

    def __init__(self, typ: Any, guard: bool = True) -> None:
        super().__init__(typ)
        self.guard = guard
        self.value: Any = MISSING

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UntrackedValue) and other.guard == self.guard

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def copy(self) -> Self:
        fresh = self.from_checkpoint(MISSING)
        fresh.value = self.value
        return fresh

    def checkpoint(self) -> Any:
        return MISSING

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__(self.typ, self.guard)
        fresh.key = self.key
        return fresh

    def update(self, values: Sequence[Value]) -> bool:
        if not values:
            return False
        if self.guard and len(values) != 1:
            raise InvalidUpdateError(
                f"key {self.key!r} got {len(values)} values in one superstep; it takes one: use UntrackedValue(..., guard=False) to keep "
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
