"""A channel that holds its value for one superstep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from actograph.channels.base import MISSING, Value
from actograph.channels.single_value import GuardedValue
from actograph.errors import InvalidUpdateError


class EphemeralValue(GuardedValue[Value], Generic[Value]):
    """Holds what the superstep before wrote, and is empty after a superstep without a write. With `guard`, one write a superstep."""

    __slots__ = ()
    transient = True

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
