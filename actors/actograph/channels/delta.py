"""A channel whose reducer takes all writes of a superstep at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Annotated, Any, Generic, Self, get_args, get_origin

from actograph.channels.base import MISSING, BaseChannel, Value
from actograph.channels.binop import CONCRETE, empty_of, overwritten, same_operator
from actograph.checkpoint.base import EmptyChannelError
from actograph.errors import ErrorCode, InvalidUpdateError, create_error_message

__all__ = ("DeltaChannel",)


class DeltaChannel(BaseChannel[Value, Any, Any], Generic[Value]):
    """Reduces the writes of a superstep in one call: `value = reducer(value, [write, ...])`.

    The reducer must not depend on how writes are grouped: `reducer(reducer(v, a), b) == reducer(v, a + b)`, since a value may be made again
    from stored writes. Savers of ours store every growing value as what was added to it, with any reducer; the channel is here for its
    reducer, and to read threads whose savers keep nothing but the writes.

    Parameters:
        reducer: takes the value and the writes, returns the new value.
        typ: type of the value; inside `Annotated[T, DeltaChannel(...)]` it is T, else `list` by default.
        snapshot_frequency: after so many updates a saver that keeps writes stores a whole value.

    Raises ValueError for a frequency below 1.
    """

    __slots__ = ("reducer", "snapshot_frequency", "value")
    ticks = False
    replayed = True

    def __init__(
        self,
        reducer: Callable[[Any, Sequence[Any]], Any],
        typ: type[Value] | None = None,
        *,
        snapshot_frequency: int = 100,
    ) -> None:
        if snapshot_frequency < 1:
            raise ValueError(
                f"DeltaChannel(snapshot_frequency={snapshot_frequency!r}): must be a positive number of updates"
            )
        super().__init__(list if typ is None else _plain_type(typ))
        self.reducer = reducer
        self.snapshot_frequency = snapshot_frequency
        self.value: Any = MISSING

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DeltaChannel)
            and self.snapshot_frequency == other.snapshot_frequency
            and same_operator(self.reducer, other.reducer)
        )

    __hash__ = object.__hash__

    @property
    def ValueType(self) -> Any:
        return self.typ

    @property
    def UpdateType(self) -> Any:
        return self.typ

    def of_type(self, typ: Any, key: str) -> Self:
        """This channel for the key `key` whose annotation says that it holds a `typ`."""
        made = self._like()
        made.typ, made.key = _plain_type(typ), key
        return made

    def copy(self) -> Self:
        made = self._like()
        made.value = _shallow(self.value)
        return made

    def from_checkpoint(self, checkpoint: Any) -> Self:
        made = self._like()
        if type(checkpoint).__name__ == "_DeltaSnapshot":
            checkpoint = checkpoint.value  # as a saver gives it back that stored it for LangGraph
        made.value = empty_of(self.typ) if checkpoint is MISSING else _shallow(checkpoint)
        return made

    def _like(self) -> Self:
        made = self.__class__.__new__(self.__class__)
        made.typ, made.key = self.typ, self.key
        made.reducer, made.snapshot_frequency = self.reducer, self.snapshot_frequency
        made.value = MISSING
        return made

    def replay_writes(self, writes: Sequence[tuple[str, str, Any]]) -> None:
        """Take stored writes (task id, channel, value), the oldest first. The last `Overwrite` among them is where the value starts."""
        values = [value for _, _, value in writes]
        for place in range(len(values) - 1, -1, -1):
            replaces, content = overwritten(values[place])
            if replaces:
                self._replace(content)
                values = values[place + 1 :]
                break
        if values:
            self._reduce(values)

    def update(self, values: Sequence[Any]) -> bool:
        if not values:
            return False
        replacements = [content for replaces, content in map(overwritten, values) if replaces]
        if len(replacements) > 1:
            raise InvalidUpdateError(
                create_error_message(
                    message=f"key {self.key!r} got {len(replacements)} Overwrite values in one superstep; only one can win: send one",
                    error_code=ErrorCode.INVALID_CONCURRENT_GRAPH_UPDATE,
                )
            )
        if replacements:
            self._replace(replacements[0])
        else:
            self._reduce(values)
        return True

    def _replace(self, content: Any) -> None:
        self.value = empty_of(self.typ) if content is None else _shallow(content)

    def _reduce(self, values: Sequence[Any]) -> None:
        base = empty_of(self.typ) if self.value is MISSING else self.value
        self.value = self.reducer(None if base is MISSING else base, list(values))

    def get(self) -> Value:
        if self.value is MISSING:
            raise EmptyChannelError(f"channel {self.key!r} is empty")
        return self.value  # type: ignore[no-any-return]

    def is_available(self) -> bool:
        return self.value is not MISSING

    def checkpoint(self) -> Any:
        """MISSING: its value follows from the writes. Savers of ours store it all the same, as what was added."""
        return MISSING


def _plain_type(typ: Any) -> Any:
    """The class that makes the empty value: without annotations and parameters."""
    while (
        (origin := get_origin(typ)) is Annotated
        or getattr(origin, "__name__", "") in _WRAPPERS
        or (getattr(origin, "_name", "") in _WRAPPERS)
    ):
        typ = get_args(typ)[0]
    typ = get_origin(typ) or typ
    return CONCRETE.get(typ, typ)


_WRAPPERS = ("Required", "NotRequired", "ReadOnly")


def _shallow(value: Any) -> Any:
    # A reducer may change what it is given in place; what it was given by others must not change with it.
    return copy(value) if type(value) in (list, dict, set) else value
