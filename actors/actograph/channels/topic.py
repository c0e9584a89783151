"""A channel that collects values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Self

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.checkpoint.base import EmptyChannelError


def _flatten(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


class Topic(BaseChannel[Sequence[Value], Value | list[Value], list[Value]], Generic[Value]):
    """Collects what a superstep writes, values or lists of them; with `accumulate`, all that was ever written."""

    __slots__ = ("accumulate", "values")
    ticks = False

    def __init__(self, typ: Any, accumulate: bool = False) -> None:
        super().__init__(typ)
        self.accumulate = accumulate
        self.values: list[Any] = []

    @property
    def transient(self) -> bool:  # type: ignore[override]
        return not self.accumulate

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Topic) and other.accumulate == self.accumulate

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return Sequence[self.typ]  # type: ignore[name-defined]

    @property
    def UpdateType(self) -> Any:
        return self.typ | list[self.typ]  # type: ignore[name-defined]

    def copy(self) -> Self:
        return self.from_checkpoint(list(self.values))

    def checkpoint(self) -> Any:
        return self.values or MISSING

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__(self.typ, self.accumulate)
        fresh.key = self.key
        if checkpoint is not MISSING:
            fresh.values = list(checkpoint)
        return fresh

    def update(self, values: Sequence[Value | list[Value]]) -> bool:
        added = list(_flatten(values))
        if self.accumulate:
            # A new list, since a reader or a snapshot may hold the one before.
            self.values = [*self.values, *added]
            return bool(added)
        changed = bool(self.values or added)
        self.values = added
        return changed

    def get(self) -> Sequence[Value]:
        if not self.values:
            raise EmptyChannelError(f"channel {self.key!r} is empty")
        return list(self.values)

    def is_available(self) -> bool:
        return bool(self.values)
