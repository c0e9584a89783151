"""Channels that keep the last value written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.channels.single_value import SingleValue
from actograph.checkpoint.base import EmptyChannelError
from actograph.errors import InvalidUpdateError


class LastValue(SingleValue[Value], Generic[Value]):
    """Keeps the last value; at most one write a superstep. A state key without a reducer is one of these."""

    __slots__ = ()

    def update(self, values: Sequence[Value]) -> bool:
        if not values:
            return False
        if len(values) != 1:
            raise InvalidUpdateError(
                f"key {self.key!r} got {len(values)} values in one superstep; it keeps one value: annotate it with a reducer, "
                "e.g. Annotated[int, operator.add] [INVALID_CONCURRENT_GRAPH_UPDATE]"
            )
        self.value = values[0]
        return True


class LastValueAfterFinish(BaseChannel[Value, Value, tuple[Value, bool]], Generic[Value]):
    """Keeps the last value, and shows it only when the run has nothing else left to do; reading consumes it."""

    __slots__ = ("finished", "value")
    ticks = False

    def __init__(self, typ: Any, key: str = "") -> None:
        super().__init__(typ, key)
        self.value: Any = MISSING
        self.finished = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LastValueAfterFinish)

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def checkpoint(self) -> Any:
        return MISSING if self.value is MISSING else (self.value, self.finished)

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__(self.typ, self.key)
        if checkpoint is not MISSING:
            fresh.value, fresh.finished = checkpoint
        return fresh

    def update(self, values: Sequence[Value]) -> bool:
        if not values:
            return False
        self.finished = False
        self.value = values[-1]
        return True

    def consume(self) -> bool:
        if self.finished:
            self.finished = False
            self.value = MISSING
            return True
        return False

    def finish(self) -> bool:
        if not self.finished and self.value is not MISSING:
            self.finished = True
            return True
        return False

    def get(self) -> Value:
        if self.value is MISSING or not self.finished:
            raise EmptyChannelError(f"channel {self.key!r} is empty until the run has nothing else to do")
        return self.value  # type: ignore[no-any-return]

    def is_available(self) -> bool:
        return self.value is not MISSING and self.finished
