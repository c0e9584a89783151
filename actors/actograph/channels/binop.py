"""A channel with a reducer."""

from __future__ import annotations

import collections.abc
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, Self, get_origin

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.checkpoint.base import EmptyChannelError
from actograph.errors import InvalidUpdateError
from actograph.types import Overwrite

# Abstract containers cannot be made; their usual kinds can.
CONCRETE: Final[dict[Any, type[Any]]] = {
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Collection: list,
    collections.abc.Iterable: list,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
}


def empty_of(typ: Any) -> Any:
    """The value the reducer starts from: the type's empty value, or MISSING when it has none."""
    origin = get_origin(typ) or typ
    origin = CONCRETE.get(origin, origin)
    if not isinstance(origin, type):
        return MISSING
    try:
        return origin()
    except Exception:
        # The type needs arguments: then the first write is the first value.
        return MISSING


def overwritten(value: Any) -> tuple[bool, Any]:
    """Whether a write is an `Overwrite`, also in the form it has after JSON, and what it overwrites with."""
    if isinstance(value, Overwrite):
        return True, value.value
    if type(value) is dict:
        if len(value) == 1 and "__overwrite__" in value:
            return True, value["__overwrite__"]
        if len(value) == 2 and value.get("type") == "__overwrite__" and "value" in value:
            return True, value["value"]
    return False, None


def same_operator(one: Any, other: Any) -> bool:
    """Whether two reducers are taken for one: a lambda that is written twice is two objects and means the same."""
    return one == other or getattr(one, "__name__", "") == "<lambda>" == getattr(other, "__name__", None)


class BinaryOperatorAggregate(BaseChannel[Value, Value, Value], Generic[Value]):
    """Reduces each write into its value: `value = operator(value, write)`. A state key `Annotated[T, operator]` is one of these."""

    __slots__ = ("operator", "value")
    ticks = False

    def __init__(self, typ: Any, operator: Callable[[Value, Value], Value], key: str = "") -> None:
        super().__init__(typ, key)
        self.operator = operator
        self.value: Any = empty_of(typ)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BinaryOperatorAggregate):
            return False
        return same_operator(self.operator, other.operator)

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def from_checkpoint(self, checkpoint: Any) -> Self:
        fresh = self.__class__.__new__(self.__class__)
        fresh.typ = self.typ
        fresh.key = self.key
        fresh.operator = self.operator
        fresh.value = empty_of(self.typ) if checkpoint is MISSING else checkpoint
        return fresh

    def update(self, values: Sequence[Value]) -> bool:
        if not values:
            return False
        replaced = False
        for value in values:
            is_overwrite, content = overwritten(value)
            if is_overwrite:
                if replaced:
                    raise InvalidUpdateError(
                        f"key {self.key!r} got two Overwrite values in one superstep; only one can win: send one"
                    )
                self.value = content
                replaced = True
            elif replaced:
                continue
            elif self.value is MISSING:
                self.value = value
            else:
                self.value = self.operator(self.value, value)
        return True

    def get(self) -> Value:
        if self.value is MISSING:
            raise EmptyChannelError(f"channel {self.key!r} is empty")
        return self.value  # type: ignore[no-any-return]

    def is_available(self) -> bool:
        return self.value is not MISSING

    def checkpoint(self) -> Any:
        return self.value
