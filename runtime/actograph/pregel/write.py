"""What a node of a low-level graph writes to channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from actograph.constants import TASKS
from actograph.errors import InvalidUpdateError
from actograph.types import Send

if TYPE_CHECKING:
    from actograph.engine.task import Task

PASSTHROUGH: Final = object()
"""Stands for what the node returned."""

Mapper = Callable[[Any], Any]


class ChannelWriteEntry(NamedTuple):
    """A write to one channel."""

    channel: str
    value: Any = PASSTHROUGH
    """What is written: by default what the node returned."""
    skip_none: bool = False
    """Whether None, after `mapper`, is not written."""
    mapper: Mapper | None = None
    """Makes what is written of the value."""


class ChannelWriteTupleEntry(NamedTuple):
    """Writes that are worked out of a value: `mapper` returns pairs of channel and value, or None for none."""

    mapper: Callable[[Any], Sequence[tuple[str, Any]] | None]
    value: Any = PASSTHROUGH
    static: Sequence[tuple[str, Any, str | None]] | None = None
    """What it may write, for drawing: channel, value, label."""


Entry = ChannelWriteEntry | ChannelWriteTupleEntry | Send


class ChannelWrite:
    """Several writes, made one after another."""

    __slots__ = ("tags", "writes")

    def __init__(self, writes: Sequence[Entry], *, tags: Sequence[str] | None = None) -> None:
        self.writes: list[Entry] = list(writes)
        self.tags = tags
        for entry in self.writes:
            if not isinstance(entry, Entry):
                raise TypeError(
                    f"a write must be a ChannelWriteEntry, a ChannelWriteTupleEntry or a Send, not {type(entry).__name__}: {entry!r}"
                )
            if isinstance(entry, ChannelWriteEntry) and entry.channel == TASKS:
                raise InvalidUpdateError(f"channel {TASKS!r} is the engine's own: write a Send instead")

    def __repr__(self) -> str:
        return f"ChannelWrite({', '.join(map(repr, self.writes))})"

    def of(self, value: Any) -> list[tuple[str, Any]]:
        """The writes for what a node returned, as pairs of channel and value."""
        pairs: list[tuple[str, Any]] = []
        for entry in self.writes:
            if isinstance(entry, Send):
                pairs.append((TASKS, entry))
                continue
            given = value if entry.value is PASSTHROUGH else entry.value
            if isinstance(entry, ChannelWriteTupleEntry):
                pairs += entry.mapper(given) or ()
                continue
            if entry.mapper is not None:
                given = entry.mapper(given)
            if given is not None or not entry.skip_none:
                pairs.append((entry.channel, given))
        return pairs

    def __call__(self, task: Task, value: Any) -> None:
        """Add the writes to a task."""
        task.writes.extend(self.of(value))

    @property
    def channels(self) -> list[str]:
        """The channels it may write, as far as that can be told beforehand."""
        names: list[str] = []
        for entry in self.writes:
            if isinstance(entry, ChannelWriteEntry):
                names.append(entry.channel)
            elif isinstance(entry, ChannelWriteTupleEntry):
                names += [channel for channel, _, _ in entry.static or ()]
        return names


__all__ = ("PASSTHROUGH", "ChannelWrite", "ChannelWriteEntry", "ChannelWriteTupleEntry")
