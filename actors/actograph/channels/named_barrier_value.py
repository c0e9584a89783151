"""Channels that wait for a set of names; an edge from several nodes is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.checkpoint.base import EmptyChannelError
from actograph.errors import InvalidUpdateError


class NamedBarrierValue(BaseChannel[Value, Value, set[Value]], Generic[Value]):
    """Becomes available when every name was written; consumed by the node it triggers, it waits for all of them anew."""

    __slots__ = ("names", "seen")
    ticks = False

    def __init__(self, typ: Any, names: set[Value]) -> None:
        super().__init__(typ)
        self.names = names
        self.seen: set[Value] = set()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedBarrierValue) and other.names == self.names

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def checkpoint(self) -> Any:
        return set(self.seen)

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__(self.typ, self.names)
        fresh.key = self.key
        if checkpoint is not MISSING:
            fresh.seen = set(checkpoint)
        return fresh

    def update(self, values: Sequence[Value]) -> bool:
        changed = False
        for value in values:
            if value not in self.names:
                raise InvalidUpdateError(
                    f"channel {self.key!r} waits for {sorted(map(str, self.names))} and was sent {value!r}"
                )
            if value not in self.seen:
                self.seen.add(value)
                changed = True
        return changed

    def get(self) -> Value:
        if self.seen != self.names:
            raise EmptyChannelError(f"channel {self.key!r} still waits for {sorted(map(str, self.names - self.seen))}")
        return None  # type: ignore[return-value]

    def is_available(self) -> bool:
        return self.seen == self.names

    def consume(self) -> bool:
        if self.seen == self.names:
            self.seen = set()
            return True
        return False


class NamedBarrierValueAfterFinish(NamedBarrierValue[Value], Generic[Value]):
    """The same, available only when the run has nothing else left to do."""

    __slots__ = ("finished",)

    def __init__(self, typ: Any, names: set[Value]) -> None:
        super().__init__(typ, names)
        self.finished = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedBarrierValueAfterFinish) and other.names == self.names

    __hash__ = object.__hash__

    def checkpoint(self) -> Any:
        return (set(self.seen), self.finished)

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__(self.typ, self.names)
        fresh.key = self.key
        if checkpoint is not MISSING:
            fresh.seen, fresh.finished = set(checkpoint[0]), checkpoint[1]
        return fresh

    def get(self) -> Value:
        if not self.finished:
            raise EmptyChannelError(f"channel {self.key!r} is empty until the run has nothing else to do")
        return super().get()

    def is_available(self) -> bool:
        return self.finished and self.seen == self.names

    def consume(self) -> bool:
        if self.finished and self.seen == self.names:
            self.finished = False
            self.seen = set()
            return True
        return False

    def finish(self) -> bool:
        if not self.finished and self.seen == self.names:
            self.finished = True
            return True
        return False
