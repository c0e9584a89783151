"""A channel that is never stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self

from actograph.channels.base import MISSING, Value
from actograph.channels.single_value import GuardedValue
from actograph.errors import InvalidUpdateError


class UntrackedValue(GuardedValue[Value], Generic[Value]):
    """Keeps the last value while the run lasts; no checkpoint holds it, so it is empty after a resume."""

    __slots__ = ()

    def copy(self) -> Self:
        return super().from_checkpoint(self.value)

    def checkpoint(self) -> Any:
        return MISSING

    def from_checkpoint(self, checkpoint: Any) -> Self:
        return super().from_checkpoint(MISSING)

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
