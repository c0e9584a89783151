"""How far the recursion limit is: managed values for graphs that end themselves in time."""

from __future__ import annotations

from typing import Annotated

from actograph.managed.base import ManagedValue, Position

__all__ = ("IsLastStep", "RemainingSteps")


class IsLastStepManager(ManagedValue[bool]):
    """Whether this superstep is the last that the recursion limit allows."""

    @staticmethod
    def get(scratchpad: Position) -> bool:
        return scratchpad.step == scratchpad.stop - 1


class RemainingStepsManager(ManagedValue[int]):
    """How many supersteps, this one included, the recursion limit still allows."""

    @staticmethod
    def get(scratchpad: Position) -> int:
        return scratchpad.stop - scratchpad.step


IsLastStep = Annotated[bool, IsLastStepManager]
"""A state key of this type is true in the last superstep that the recursion limit allows."""

RemainingSteps = Annotated[int, RemainingStepsManager]
"""A state key of this type counts the supersteps that the recursion limit still allows, this one included."""
