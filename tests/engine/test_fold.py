"""The fold is a pure function of the writes in task order: whatever finished first, the state is the same."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.channels import BinaryOperatorAggregate, EphemeralValue, LastValue, NamedBarrierValue, Topic
from actograph.engine.plan import NodePlan, Plan
from actograph.engine.state import State, counter, version_maker
from actograph.errors import InvalidUpdateError


def plan() -> Plan:
    def node(name: str, *triggers: str) -> NodePlan:
        return NodePlan(name=name, triggers=triggers, read=lambda channels: {}, segments=())

    nodes = [node("a", "branch:to:a"), node("b", "branch:to:b"), node("c", "branch:to:c", "join:a+b:c")]
    return Plan(
        name="test",
        nodes={one.name: one for one in nodes},
        channels={
            "single": LastValue(int),
            "log": BinaryOperatorAggregate(list, operator.add),
            "total": BinaryOperatorAggregate(int, operator.add),
            "topic": Topic(int, accumulate=True),
            "branch:to:a": EphemeralValue(Any, guard=False),
            "branch:to:b": EphemeralValue(Any, guard=False),
            "branch:to:c": EphemeralValue(Any, guard=False),
            "join:a+b:c": NamedBarrierValue(str, {"a", "b"}),
        },
        input_channels="single",
        output_channels=["single", "log"],
        stream_channels=["single", "log"],
    )


WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("log"), st.lists(st.integers(), max_size=3)),
        st.tuples(st.just("total"), st.integers()),
        st.tuples(st.just("topic"), st.integers()),
        st.tuples(st.sampled_from(["branch:to:a", "branch:to:b", "branch:to:c"]), st.none()),
        st.tuples(st.just("unknown"), st.integers()),
    ),
    max_size=5,
)
SUPERSTEPS = st.lists(st.lists(WRITES, min_size=1, max_size=3), max_size=6)


def play(supersteps: list[list[list[tuple[str, Any]]]]) -> State:
    state = State(plan(), counter)
    for number, tasks in enumerate(supersteps):
        state.fold(
            [("abc"[place], (f"branch:to:{'abc'[place]}",), writes) for place, writes in enumerate(tasks)], number
        )
    return state


@given(SUPERSTEPS)
def test_a_replay_of_the_same_writes_gives_the_same_state(supersteps: list[Any]) -> None:
    one, two = play(supersteps), play(supersteps)
    assert one.values() == two.values()
    assert one.versions == two.versions
    assert one.seen == two.seen
    assert one.triggered_by_versions() == two.triggered_by_versions()


@given(SUPERSTEPS)
def test_reducers_take_writes_in_task_order(supersteps: list[Any]) -> None:
    state = play(supersteps)
    flat = [write for tasks in supersteps for writes in tasks for write in writes]
    assert state.channels.read("log") == [item for key, value in flat if key == "log" for item in value]
    assert state.channels.read("total") == sum(value for key, value in flat if key == "total")
    assert "unknown" not in state.versions


@given(SUPERSTEPS)
def test_what_the_last_superstep_changed_triggers_the_same_nodes_as_the_versions_do(supersteps: list[Any]) -> None:
    state = State(plan(), counter)
    updated: set[str] = set()
    for number, tasks in enumerate(supersteps):
        # Every node that is triggered runs in the next superstep, as in a run.
        names = state.triggered(updated)
        writers = names or ["a"]
        written = [
            (name, state.plan.nodes[name].triggers, tasks[place % len(tasks)]) for place, name in enumerate(writers)
        ]
        updated = state.fold(written, number)
        assert sorted(state.triggered(updated)) == sorted(state.triggered_by_versions())


@given(SUPERSTEPS)
def test_a_loaded_state_is_the_stored_one(supersteps: list[Any]) -> None:
    state = play(supersteps)
    loaded = State(state.plan, counter)
    loaded.load(state.values(), state.versions, state.seen)
    assert loaded.values() == state.values()
    assert loaded.triggered_by_versions() == state.triggered_by_versions()
    ahead = state.copy()
    more = [("a", ("branch:to:a",), [("log", [1]), ("branch:to:b", None)])]
    assert ahead.fold(more, 99) == loaded.fold(more, 99)
    assert ahead.values() == loaded.values()


def test_two_writers_without_a_reducer_are_named_with_key_superstep_and_remedy() -> None:
    state = State(plan(), counter)
    with pytest.raises(InvalidUpdateError) as caught:
        state.fold([("a", (), [("single", 1)]), ("b", (), [("single", 2)])], 3)
    assert str(caught.value) == (
        "node 'a' and node 'b' both wrote 'single' in superstep 3; it keeps one value: annotate it with a reducer, "
        "e.g. Annotated[int, operator.add] [INVALID_CONCURRENT_GRAPH_UPDATE]"
    )


def test_versions_grow_along_a_thread_and_differ_between_forks() -> None:
    one, two = version_maker(), version_maker()
    first = one(None, None)
    assert one(first, None) > first
    assert two(first, None) > first
    assert one(first, None) != two(first, None)
