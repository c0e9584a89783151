"""Random uses of every channel: ours and LangGraph's answer alike, operation by operation."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable
from copy import deepcopy
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

langgraph = pytest.importorskip("langgraph.channels")
ROOTS = ("langgraph", "actograph")


class Root:
    """What a test needs of one root."""

    def __init__(self, name: str) -> None:
        self.channels: ModuleType = importlib.import_module(f"{name}.channels")
        self.missing: Any = importlib.import_module(f"{name}.channels.base").MISSING
        self.overwrite: Any = importlib.import_module(f"{name}.types").Overwrite


BOTH = [Root(name) for name in ROOTS]


def collect(value: list[Any], writes: list[Any]) -> list[Any]:
    return [*value, *(item for write in writes for item in (write if isinstance(write, list) else [write]))]


NAMES = {"a", "b", "c"}
MAKERS: dict[str, Callable[[ModuleType], Any]] = {
    "LastValue": lambda of: of.LastValue(int),
    "AnyValue": lambda of: of.AnyValue(int),
    "EphemeralValue": lambda of: of.EphemeralValue(int),
    "EphemeralValue unguarded": lambda of: of.EphemeralValue(int, guard=False),
    "UntrackedValue": lambda of: of.UntrackedValue(int),
    "UntrackedValue unguarded": lambda of: of.UntrackedValue(int, guard=False),
    "Topic": lambda of: of.Topic(int),
    "Topic accumulating": lambda of: of.Topic(int, accumulate=True),
    "BinaryOperatorAggregate": lambda of: of.BinaryOperatorAggregate(list, operator.add),
    "BinaryOperatorAggregate of int": lambda of: of.BinaryOperatorAggregate(int, operator.add),
    "NamedBarrierValue": lambda of: of.NamedBarrierValue(str, set(NAMES)),
    "NamedBarrierValueAfterFinish": lambda of: of.NamedBarrierValueAfterFinish(str, set(NAMES)),
    "LastValueAfterFinish": lambda of: of.LastValueAfterFinish(int),
    "DeltaChannel": lambda of: of.DeltaChannel(collect, list),
}

numbers = st.integers(0, 5)
lists = st.lists(numbers, max_size=3)
marked = st.tuples(st.just("overwrite"), lists)
WRITES: dict[str, st.SearchStrategy[Any]] = {
    "Topic": st.one_of(numbers, lists),
    "Topic accumulating": st.one_of(numbers, lists),
    "BinaryOperatorAggregate": st.one_of(lists, lists, marked),
    "BinaryOperatorAggregate of int": numbers,
    "NamedBarrierValue": st.sampled_from(["a", "b", "c", "c", "unknown"]),
    "NamedBarrierValueAfterFinish": st.sampled_from(["a", "b", "c", "c"]),
    "DeltaChannel": st.one_of(lists, lists, marked),
}
PLAIN = ("consume", "finish", "copy", "store", "read")


def steps(kind: str) -> st.SearchStrategy[list[tuple[str, Any]]]:
    """A use of a channel: updates with writes, and the other operations."""
    writes = st.lists(WRITES.get(kind, numbers), max_size=3)
    update = st.tuples(st.just("update"), writes)
    other = st.tuples(st.sampled_from(PLAIN), st.none())
    return st.lists(st.one_of(update, update, other), max_size=12)


def observed(root: Root, kind: str, use: list[tuple[str, Any]]) -> list[Any]:
    """What each operation returned or raised, and how the channel stood after it."""
    channel = MAKERS[kind](root.channels).from_checkpoint(root.missing)
    channel.key = "key"
    seen: list[Any] = []
    for step, argument in use:
        try:
            if step == "update":
                seen.append(channel.update([_write(root, write) for write in argument]))
            elif step in ("consume", "finish"):
                seen.append(getattr(channel, step)())
            elif step == "copy":
                channel = channel.copy()
            elif step == "store" and "Delta" not in kind:
                channel = channel.from_checkpoint(channel.checkpoint())
        except Exception as error:
            seen.append(type(error).__name__)
            # After a refused update the run ends, and with it the channel.
            return seen
        seen.append((channel.is_available(), _value(channel), _stored(root, channel), channel.key))
    return seen


def _write(root: Root, write: Any) -> Any:
    return root.overwrite(write[1]) if isinstance(write, tuple) else write


def _value(channel: Any) -> Any:
    try:
        return channel.get()
    except Exception as error:
        return type(error).__name__


def _stored(root: Root, channel: Any) -> Any:
    stored = channel.checkpoint()
    # An empty topic of ours stores nothing, theirs an empty list.
    return (
        "MISSING"
        if stored is root.missing or (stored == [] and "Topic" in type(channel).__name__)
        else deepcopy(stored)
    )


@pytest.mark.parametrize("kind", MAKERS)
@given(data=st.data())
def test_answers_as_langgraph_does(kind: str, data: st.DataObject) -> None:
    use = data.draw(steps(kind))
    theirs, ours = (observed(root, kind, use) for root in BOTH)
    assert ours == theirs


@pytest.mark.parametrize("kind", MAKERS)
def test_types_are_those_of_langgraph(kind: str) -> None:
    theirs, ours = (MAKERS[kind](root.channels) for root in BOTH)
    assert ours.ValueType == theirs.ValueType
    assert ours.UpdateType == theirs.UpdateType
    assert ours.key == theirs.key == ""


@pytest.mark.parametrize("one", MAKERS)
@pytest.mark.parametrize("other", MAKERS)
def test_equality_is_that_of_langgraph(one: str, other: str) -> None:
    theirs, ours = (MAKERS[one](root.channels) == MAKERS[other](root.channels) for root in BOTH)
    assert ours is theirs
