"""A channel for writers that agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from actograph.channels.base import MISSING, Value
from actograph.channels.single_value import SingleValue


class AnyValue(SingleValue[Value], Generic[Value]):
    """Keeps the last value written, taking all writes of one superstep to be equal; empty again after a superstep without a write."""

    __slots__ = ()
    transient = True

    def update(self, values: Sequence[Value]) -> bool:
        if values:
            self.value = values[-1]
            return True
        if self.value is MISSING:
            return False
        self.value = MISSING
        return True
