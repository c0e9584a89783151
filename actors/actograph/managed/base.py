"""Values that a node reads with its state and that no channel holds: the engine works them out when they are read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, NamedTuple, TypeGuard, TypeVar

__all__ = ("ManagedValue", "ManagedValueMapping", "ManagedValueSpec", "Position", "is_managed_value")

V = TypeVar("V")


class Position(NamedTuple):
    """Where a run stands when a managed value is read."""

    step: int
    """The superstep that runs."""
    stop: int
    """The superstep in which the recursion limit ends the run, if that has not ended by then."""


class ManagedValue(ABC, Generic[V]):
    """Base of managed values. A state key `Annotated[T, Subclass]` is one: read only, and never part of the output."""

    @staticmethod
    @abstractmethod
    def get(scratchpad: Position) -> V:
        """The value at a position of the run."""


ManagedValueSpec = type[ManagedValue[Any]]
ManagedValueMapping = dict[str, ManagedValueSpec]


def is_managed_value(value: Any) -> TypeGuard[ManagedValueSpec]:
    """Whether `value` is a class of managed values."""
    return isinstance(value, type) and issubclass(value, ManagedValue)
