"""The state of one run: its channels and their versions, and the pure fold of a superstep's writes into them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from actograph.channels.base import MISSING, BaseChannel
from actograph.channels.binop import overwritten
from actograph.channels.single_value import SingleValue
from actograph.checkpoint.journal import Version
from actograph.constants import INPUT, PUSH, START, TASKS
from actograph.engine.plan import Plan
from actograph.errors import EmptyChannelError, InvalidUpdateError

Written = Sequence[tuple[str, Sequence[str], Sequence[tuple[str, Any]]]]
"""Per task, in the order of the fold: node name, triggers, writes."""


class Channels(dict[str, BaseChannel[Any, Any, Any]]):
    """The channels of a run, made when first touched."""

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan

    def __missing__(self, key: str) -> BaseChannel[Any, Any, Any]:
        channel = self[key] = self.plan.fresh(key)
        return channel

    def read(self, keys: str | Iterable[str]) -> Any:
        """The value of one channel (None when empty), or a dict of those of `keys` that have one."""
        if isinstance(keys, str):
            try:
                return self[keys].get()
            except EmptyChannelError:
                return None
        values = {}
        for key in keys:
            channel = self[key]
            if channel.is_available():
                values[key] = channel.get()
        return values


class State:
    """Channels with versions. Only `fold` changes them."""

    __slots__ = ("changed", "changed_seen", "channels", "clock", "held", "next_version", "plan", "seen", "versions")

    def __init__(self, plan: Plan, next_version: Callable[[Any, Any], Version]) -> None:
        self.plan = plan
        self.channels = Channels(plan)
        self.versions: dict[str, Version] = {}
        self.seen: dict[str, dict[str, Version]] = {}
        self.clock: Version | None = None
        self.next_version = next_version
        self.held: set[str] = set()
        """Transient channels that hold a value, which the next fold must clear."""
        self.changed: set[str] = set()
        """Channels whose version changed since the last snapshot was taken."""
        self.changed_seen: set[str] = set()

    def load(
        self, values: Mapping[str, Any], versions: Mapping[str, Version], seen: Mapping[str, Mapping[str, Version]]
    ) -> None:
        """Become what a checkpoint stored. Channels that the graph no longer has are left out."""
        known = self.plan.channels
        for key, value in values.items():
            if key in known:
                channel = self.channels[key] = known[key].from_checkpoint(value)
                if channel.transient and channel.is_available():
                    self.held.add(key)
        self.versions = dict(versions)
        self.seen = {node: dict(of) for node, of in seen.items()}
        if versions:
            self.clock = max(versions.values())

    def copy(self) -> State:
        """An independent state, for looking ahead."""
        other = State(self.plan, self.next_version)
        for key, channel in self.channels.items():
            other.channels[key] = channel.copy()
        other.versions = dict(self.versions)
        other.seen = {node: dict(of) for node, of in self.seen.items()}
        other.clock = self.clock
        other.held = set(self.held)
        return other

    def fold(self, written: Written, step: int) -> set[str]:
        """Fold one superstep's writes, in the order given, and return the channels that changed.

        Raises InvalidUpdateError, naming nodes, key and superstep, when they do not fit; the state is then good for nothing.
        """
        channels = self.channels
        versions = self.versions
        known = self.plan.channels
        version = self.clock = self.next_version(self.clock, None)
        pending: dict[str, list[Any]] = {}
        updated: set[str] = set()
        consumable = self.plan.consumable
        consumed: list[str] = []
        ran = False
        for node, triggers, writes in written:
            for key, value in writes:
                if key in pending:
                    pending[key].append(value)
                elif key in known:
                    pending[key] = [value]
            for trigger in triggers:
                ran = True
                before = versions.get(trigger)
                if before is not None:
                    seen = self.seen.get(node)
                    if seen is None:
                        seen = self.seen[node] = {}
                    seen[trigger] = before
                    self.changed_seen.add(node)
                    if trigger in consumable:
                        consumed.append(trigger)
        for trigger in consumed:
            # Only now: two nodes may share a trigger, and both have seen the version it had.
            if channels[trigger].consume():
                versions[trigger] = version
                self.changed.add(trigger)
        # Writes from outside (an input, a command) are no superstep: what waits to trigger a node stays.
        if ran and self.held:
            for key in self.held - pending.keys():
                self.held.discard(key)
                if channels[key].update(()):
                    versions[key] = version
                    self.changed.add(key)
        for key in self.plan.ticking:
            if ran and key not in pending and channels[key].is_available() and channels[key].update(()):
                versions[key] = version
                updated.add(key)
        for key, values in pending.items():
            channel = channels[key]
            try:
                changed = channel.update(values)
            except InvalidUpdateError as error:
                raise self._explained(error, key, values, written, step) from None
            except Exception as error:
                who = ", ".join(_writers_of(key, written))
                error.add_note(f"Raised by the reducer of key {key!r}, for what {who} wrote in superstep {step}")
                raise
            if changed:
                versions[key] = version
                updated.add(key)
                if channel.transient:
                    self.held.add(key)
        self.changed |= updated
        return updated

    def check(self, writes: Sequence[tuple[str, Any]]) -> None:
        """Raise InvalidUpdateError if one command writes a key more often than it can take."""
        for key, values in _several(writes, self.plan.channels):
            if not _fit(self.channels[key], values):
                raise InvalidUpdateError(
                    f"the command writes key {key!r} {len(values)} times, which keeps one value (or takes one Overwrite): give one"
                )

    def latest(self, writes: Sequence[tuple[str, Any]]) -> Sequence[tuple[str, Any]]:
        """The writes of several commands, given one after another on a paused thread: of a key that takes one value, the last; of a key
        that is overwritten, the last Overwrite and what follows."""
        replaced: dict[str, list[Any]] = {}
        for key, values in _several(writes, self.plan.channels):
            if not _fit(self.channels[key], values):
                first = len(values) - 1
                if not isinstance(self.channels[key], SingleValue):
                    first = max(index for index, value in enumerate(values) if overwritten(value)[0])
                replaced[key] = values[first:]
        if not replaced:
            return writes
        kept = [write for write in writes if write[0] not in replaced]
        return [*kept, *((key, value) for key, values in replaced.items() for value in values)]

    def finish(self) -> set[str]:
        """Tell the channels that nothing is left to do; deferred triggers become available. Returns those that changed."""
        updated: set[str] = set()
        for key, channel in self.channels.items():
            if channel.finish():
                if not updated:
                    self.clock = self.next_version(self.clock, None)
                self.versions[key] = self.clock  # type: ignore[assignment]
                updated.add(key)
        self.changed |= updated
        return updated

    def _explained(
        self, error: InvalidUpdateError, key: str, values: list[Any], written: Written, step: int
    ) -> InvalidUpdateError:
        writers = _writers_of(key, written)
        if len(values) < 2 or len(writers) < 2 or not isinstance(self.channels[key], SingleValue):
            return InvalidUpdateError(f"{error} (written by {', '.join(writers)} in superstep {step})")
        who = " and ".join(writers if len(writers) <= 3 else [*writers[:2], f"{len(writers) - 2} more"])
        both = "both " if len(writers) == 2 else ""
        return InvalidUpdateError(
            f"{who} {both}wrote {key!r} in superstep {step}; it keeps one value: annotate it with a reducer, "
            "e.g. Annotated[int, operator.add] [INVALID_CONCURRENT_GRAPH_UPDATE]"
        )

    def triggered(self, updated: Iterable[str]) -> list[str]:
        """The nodes that the channels in `updated` trigger, in the graph's order."""
        index = self.plan.trigger_index
        names: dict[str, None] = {}
        for key in updated:
            nodes = index.get(key)
            if nodes is not None and self.channels[key].is_available():
                for node in nodes:
                    names[node] = None
        if len(names) > 1:
            return sorted(names, key=self.plan.order.__getitem__)
        return list(names)

    def triggered_by_versions(self) -> list[str]:
        """The nodes with a trigger newer than what they saw: for a state that was loaded, where no fold tells what changed."""
        names = []
        for name, node in self.plan.nodes.items():
            seen = self.seen.get(name, {})
            for trigger in node.triggers:
                version = self.versions.get(trigger)
                if version is not None and self.channels[trigger].is_available():
                    before = seen.get(trigger)
                    if before is None or version > before:  # type: ignore[operator]
                        names.append(name)
                        break
        return names

    def sends(self) -> Sequence[Any]:
        """The `Send`s that wait to run."""
        topic = self.channels.get(TASKS)
        return topic.get() if topic is not None and topic.is_available() else ()

    def unfinished(self) -> list[tuple[str, Sequence[str], Sequence[tuple[str, Any]]]]:
        """What waits to run, as tasks that wrote nothing: folding these drops it."""
        plan = self.plan
        dropped: list[tuple[str, Sequence[str], Sequence[tuple[str, Any]]]] = [
            (name, plan.nodes[name].triggers, ()) for name in self.triggered_by_versions()
        ]
        if self.sends():
            dropped.append((TASKS, (PUSH,), ()))
        return dropped

    def values(self) -> dict[str, Any]:
        """What a full checkpoint holds."""
        stored = {}
        for key, channel in self.channels.items():
            if key in self.versions:
                value = channel.checkpoint()
                if value is not MISSING:
                    stored[key] = value
                elif channel.replayed and channel.is_available():
                    stored[key] = channel.copy().get()  # a saver takes it later, and a reducer may change it before
        return stored


def _writers_of(key: str, written: Written) -> list[str]:
    return [
        "the input" if node in (START, INPUT) else f"node {node!r}"
        for node, _, writes in written
        for written_key, _ in writes
        if written_key == key
    ]


def version_maker() -> Callable[[Any, Any], int]:
    """Versions that grow along a thread and do not meet across forks: a counter above 32 random bits that are this run's own."""
    tag = secrets.randbits(32)

    def next_version(current: int | None, _: Any) -> int:
        return (((current or 0) >> 32) + 1) << 32 | tag

    return next_version


def counter(current: int | None, _: Any) -> int:
    """Versions of a run that nothing stores."""
    return (current or 0) + 1


def _fit(channel: BaseChannel[Any, Any, Any], values: Sequence[Any]) -> bool:
    """Whether a channel takes all these writes of one superstep. Reducers are not called: they may change what they are given."""
    if not isinstance(channel, SingleValue):
        return sum(overwritten(value)[0] for value in values) < 2
    try:
        channel.copy().update(values)
    except InvalidUpdateError:
        return False
    return True


def _several(writes: Sequence[tuple[str, Any]], known: Container[str]) -> Iterator[tuple[str, list[Any]]]:
    """The keys that are written more than once, with the values."""
    if len(writes) < 2:
        return
    by_key: dict[str, list[Any]] = {}
    for key, value in writes:
        if key in known:
            by_key.setdefault(key, []).append(value)
    yield from ((key, values) for key, values in by_key.items() if len(values) > 1)
