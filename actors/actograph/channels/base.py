"""What a channel is: a reducer that a superstep's writes are sent to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

from actograph.checkpoint.base import EmptyChannelError
from actograph.checkpoint.serde.types import MISSING

Value = TypeVar("Value")
Update = TypeVar("Update")
Stored = TypeVar("Stored")

__all__ = ("MISSING", "BaseChannel")


class BaseChannel(Generic[Value, Update, Stored], ABC):
    """One key of the state. The engine sends it all writes of a superstep at once, in task order, through `update`."""

    __slots__ = ("key", "typ")

    ticks: ClassVar[bool] = True
    """Whether `update` must be called after a superstep that did not write here. A built-in channel for which that changes nothing says
    False; `transient` ones are called only while they hold a value."""
    transient: ClassVar[bool] = False
    replayed: ClassVar[bool] = False
    """Whether its value can be made again from stored writes, so that `checkpoint` returns nothing."""

    def __init__(self, typ: Any, key: str = "") -> None:
        self.typ = typ
        self.key = key

    @property
    @abstractmethod
    def ValueType(self) -> Any:
        """Type of the value that `get` returns."""

    @property
    @abstractmethod
    def UpdateType(self) -> Any:
        """Type of one write."""

    def copy(self) -> Self:
        """An independent channel with the same value."""
        return self.from_checkpoint(self.checkpoint())

    def checkpoint(self) -> Stored | Any:
        """What is stored of it: MISSING when it holds nothing."""
        try:
            return self.get()
        except EmptyChannelError:
            return MISSING

    @abstractmethod
    def from_checkpoint(self, checkpoint: Stored | Any) -> Self:
        """A channel of this kind that holds what was stored; MISSING makes a fresh one."""

    @abstractmethod
    def get(self) -> Value:
        """Its value. Raises EmptyChannelError when it has none."""

    def is_available(self) -> bool:
        """Whether `get` would return."""
        try:
            self.get()
        except EmptyChannelError:
            return False
        return True

    @abstractmethod
    def update(self, values: Sequence[Update]) -> bool:
        """Take the writes of one superstep; true when the value changed. Raises InvalidUpdateError for writes it cannot take."""

    def consume(self) -> bool:
        """A node that this channel triggered has run; true when that changed the value."""
        return False

    def finish(self) -> bool:
        """The run has nothing left to do; true when that changed the value."""
        return False
