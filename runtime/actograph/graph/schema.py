"""What a schema says: the channels of its keys, its managed values, and how a node's input is read from them."""

from __future__ import annotations

import inspect
import typing
import warnings
from collections.abc import Callable, Mapping
from copy import copy
from operator import add
from typing import TYPE_CHECKING, Annotated, Any, get_origin

from actograph.channels import BinaryOperatorAggregate, DeltaChannel, LastValue
from actograph.channels.base import MISSING, BaseChannel
from actograph.constants import PULL
from actograph.graph.hints import schema_hints
from actograph.managed.base import ManagedValueSpec, Position, is_managed_value

if TYPE_CHECKING:
    from actograph.engine.state import Channels
    from actograph.engine.task import Task

AnyChannel = BaseChannel[Any, Any, Any]
ROOT = "__root__"
"""The only key of a state that is not made of keys."""

_WRAPPERS = tuple(
    wrapper for name in ("Required", "NotRequired", "ReadOnly") if (wrapper := getattr(typing, name, None)) is not None
)


class Schema:
    """A schema, read once."""

    __slots__ = ("channels", "keys", "make", "managed", "typ")

    def __init__(self, typ: Any) -> None:
        self.typ = typ
        self.channels: dict[str, AnyChannel] = {}
        self.managed: dict[str, ManagedValueSpec] = {}
        self.make: Callable[..., Any] | None = None
        """Makes an instance of keyword arguments; None when nodes get a dict, or the root value itself."""
        if not isinstance(typ, type) and get_origin(typ) is None:
            warnings.warn(f"a schema should be a class with annotated keys, not {typ!r}", UserWarning, stacklevel=5)
        if not isinstance(typ, type) or not hasattr(typ, "__annotations__"):
            root = _channel(ROOT, typ)
            self.channels[ROOT] = root
        else:
            for key, annotation in schema_hints(typ).items():
                if key == "__slots__":
                    continue
                of = _entry(key, annotation)
                if isinstance(of, BaseChannel):
                    self.channels[key] = of
                else:
                    self.managed[key] = of
            if not issubclass(typ, dict):
                self.make = typ
        self.keys = tuple(self.channels)

    @property
    def is_root(self) -> bool:
        """Whether the whole state is one value."""
        return self.keys == (ROOT,)


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) in _WRAPPERS:
        annotation = annotation.__args__[0]
    return annotation


def _entry(key: str, annotation: Any) -> AnyChannel | ManagedValueSpec:
    annotation = _bare(annotation)
    if get_origin(annotation) is Annotated:
        last = annotation.__metadata__[-1]
        if is_managed_value(last):
            return last
    return _channel(key, annotation)


def _channel(key: str, annotation: Any) -> AnyChannel:
    if get_origin(annotation) is Annotated:
        last = annotation.__metadata__[-1]
        typ = _bare(annotation.__origin__)
        if isinstance(last, DeltaChannel):
            return last.of_type(typ, key)
        if isinstance(last, BaseChannel):
            made: AnyChannel = last.from_checkpoint(MISSING)
            made.key = key
            return made
        if isinstance(last, type) and issubclass(last, BaseChannel):
            made = last(typ)
            made.key = key
            return made
        if callable(last) and not isinstance(last, type):
            on_declared = getattr(getattr(last, "func", last), "on_declared", None)
            if on_declared is not None:
                on_declared()
            _check_reducer(key, last)
            return BinaryOperatorAggregate(typ, last, key)
    return LastValue(annotation, key)


def _check_reducer(key: str, reducer: Callable[..., Any]) -> None:
    try:
        parameters = list(inspect.signature(reducer).parameters.values())
    except ValueError:
        return  # a builtin that does not tell
    left = [
        p
        for p in parameters
        if p.kind is not p.VAR_KEYWORD and not (p.kind is p.KEYWORD_ONLY and p.default is not p.empty)
    ]
    if len(left) != 2 or any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in left):
        shown = ", ".join(str(p) for p in parameters)
        raise ValueError(
            f"key {key!r}: a reducer takes two arguments, (left, right), and returns the new value; "
            f"{getattr(reducer, '__name__', reducer)!r} takes ({shown})"
        )


# -- reading -------------------------------------------------------------------------------------------------------------------------


def reader(schema: Schema, channels: Mapping[str, AnyChannel]) -> Callable[[Channels], Any]:
    """Reads a node's input. An instance is made here unless managed values, which need the task, go into it."""
    if schema.is_root:
        return _read_root
    keys = schema.keys
    if all(_is_plain(channels[key]) for key in keys):
        values = _plain_reader(keys)
    else:
        values = _any_reader(keys)
    make = schema.make
    if make is None or schema.managed:
        return values

    def read(of: Channels) -> Any:
        return make(**values(of))

    return read


def completer(schema: Schema) -> Callable[[Task, Any], Any] | None:
    """Adds the managed values to what `reader` read, and makes the instance; None when there is nothing to add.

    Leaves the argument of a `Send` as it is.
    """
    managed = tuple(schema.managed.items())
    if not managed:
        return None
    make = schema.make

    def complete(task: Task, value: Any) -> Any:
        if task.path[0] != PULL or type(value) is not dict:
            return value
        position = Position(task.step, task.run.stop_at)
        full = dict(value)
        for key, of in managed:
            full[key] = of.get(position)
        return full if make is None else make(**full)

    return complete


def fresh_reader(schema: Schema, channels: Mapping[str, AnyChannel]) -> Callable[[Task], Any]:
    """Reads the state as a task's router sees it: with the task's own writes, and not those of its siblings."""
    keys = schema.keys
    replaced = frozenset(key for key in keys if type(channels[key]) is LastValue)
    make = schema.make
    managed = tuple(schema.managed.items())
    is_root = schema.is_root

    def read(task: Task) -> Any:
        of = task.run.state.channels
        writes = task.writes
        latest = dict(writes)
        once = len(latest) == len(writes)
        values: dict[str, Any] = {}
        for key in keys:
            if key in latest:
                if once and key in replaced:
                    values[key] = latest[key]
                    continue
                channel = _with_writes(of[key], [value for written, value in writes if written == key])
            else:
                channel = of[key]
            if channel.is_available():
                values[key] = channel.get()
        if is_root:
            return values.get(ROOT)
        if managed:
            position = Position(task.step, task.run.stop_at)
            for key, value in managed:
                values[key] = value.get(position)
        return values if make is None else make(**values)

    return read


def _with_writes(channel: AnyChannel, values: list[Any]) -> AnyChannel:
    new = channel.copy()
    if isinstance(new, BinaryOperatorAggregate) and new.operator is not add and type(new.value) in (list, dict, set):
        # A reducer may change its left side in place, and the state must not see that.
        new.value = copy(new.value)
    new.update(values)
    return new


def _is_plain(channel: AnyChannel) -> bool:
    """Whether a channel is its `value`, so that no call is needed to read it."""
    return type(channel) is LastValue or type(channel) is BinaryOperatorAggregate


def _read_root(of: Channels) -> Any:
    channel = of[ROOT]
    return channel.get() if channel.is_available() else MISSING


def _plain_reader(keys: tuple[str, ...]) -> Callable[[Channels], dict[str, Any]]:
    missing = MISSING

    def read(of: Channels) -> dict[str, Any]:
        values = {}
        for key in keys:
            value = of[key].value  # type: ignore[attr-defined]
            if value is not missing:
                values[key] = value
        return values

    return read


def _any_reader(keys: tuple[str, ...]) -> Callable[[Channels], dict[str, Any]]:
    def read(of: Channels) -> dict[str, Any]:
        values = {}
        for key in keys:
            channel = of[key]
            if channel.is_available():
                values[key] = channel.get()
        return values

    return read
