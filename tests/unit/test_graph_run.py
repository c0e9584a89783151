"""Nodes as they run: what they may return, what a graph takes as input, how limits behave."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

import msgspec
import pytest

from actograph.errors import InvalidUpdateError, NodeTimeoutError, ParentCommand
from actograph.graph import END, START, StateGraph
from actograph.types import Command, Overwrite, RetryPolicy, Send
from tests.unit.graph_kit import State, both_ways, graph

# -- results of nodes ----------------------------------------------------------------------------------------------------------------


class Point(NamedTuple):
    x: int


class Struct(msgspec.Struct):
    x: int
    log: list[str] = []


@dataclass
class Data:
    x: int
    log: list[str] = field(default_factory=lambda: ["data"])


class Loose:
    x: int
    missing: int

    def __init__(self) -> None:
        self.x = 7


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, {"x": 0, "log": []}),
        ({}, {"x": 0, "log": []}),
        ({"x": 1, "unknown": 2}, {"x": 1, "log": []}),
        ({"x": None}, {"x": None, "log": []}),
        (Command(), {"x": 0, "log": []}),
        (Command(update={"x": 1}), {"x": 1, "log": []}),
        (Command(update=[("x", 1), ("log", ["p"])]), {"x": 1, "log": ["p"]}),
        (Command(update=Data(4)), {"x": 4, "log": ["data"]}),
        (Command(update=5), {"x": 0, "log": []}),
        (Command(goto="b"), {"x": 0, "log": ["b0"]}),
        (Command(goto=END), {"x": 0, "log": []}),
        (Command(goto=["b", END, "c"]), {"x": 0, "log": ["b0", "c0"]}),
        (Command(goto=["b", "b"]), {"x": 0, "log": ["b0"]}),
        (Command(goto=Send("b", {"x": 9})), {"x": 0, "log": ["b9"]}),
        (Command(goto=[Send("b", {"x": 9}), "b"], update={"x": 1}), {"x": 1, "log": ["b1", "b9"]}),
        ([Command(update={"x": 3}, goto="c"), {"log": ["l"]}, None], {"x": 3, "log": ["l", "c3"]}),
        ((Command(update={"x": 3}), {"log": ["t"]}), {"x": 3, "log": ["t"]}),
        (Point(4), {"x": 4, "log": []}),
        (Struct(4), {"x": 4, "log": []}),
        (Data(4), {"x": 4, "log": ["data"]}),
        (Loose(), {"x": 7, "log": []}),
        ({"log": Overwrite(["only"])}, {"x": 0, "log": ["only"]}),
    ],
)
def test_what_a_node_may_return(result: Any, expected: Any) -> None:
    async def node(state: State) -> Any:
        return result

    assert both_ways(graph(lambda state: result), {"x": 0}) == expected
    assert both_ways(graph(node), {"x": 0}) == expected


@pytest.mark.parametrize("result", [5, "text", [1], [], [{}], (None,), object(), [Send("b", {})], {1, 2}])
def test_what_a_node_may_not_return(result: Any) -> None:
    with pytest.raises(InvalidUpdateError, match=r"node 'a' returned .* expected a dict") as caught:
        graph(lambda state: result).invoke({"x": 0})
    assert type(result).__name__ in str(caught.value)
    assert "INVALID_GRAPH_NODE_RETURN_VALUE" in str(caught.value)


def test_a_forgotten_await_is_named() -> None:
    async def inner() -> dict[str, Any]:
        return {}

    with pytest.raises(InvalidUpdateError, match="returned a coroutine: make it `async def`"):
        graph(lambda state: inner()).invoke({})

    async def router(state: State) -> str:
        return END

    with pytest.raises(ValueError, match="router '<lambda>' of 'a'"):
        graph(lambda state: {}, lambda state: router(state)).invoke({})


def test_a_goto_must_be_a_place() -> None:
    for goto in (None, 5):
        with pytest.raises(TypeError, match="node 'a'"):
            graph(lambda state, goto=goto: Command(goto=goto)).invoke({})


def test_unknown_places_are_logged_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    for goto in ("nowhere", START, [None], Send("nowhere", {})):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "actograph"):
            assert graph(lambda state, goto=goto: Command(goto=goto)).invoke({"x": 0}) == {"x": 0, "log": []}
        assert "node 'a' goes to" in caplog.text


def test_a_command_for_a_parent_leaves_the_root() -> None:
    command = Command(graph=Command.PARENT, update={"x": 1})
    attempts = []

    def node(state: State) -> Any:
        attempts.append(1)
        return command

    for make in (lambda: node, lambda: lambda state: [node(state), {}]):
        with pytest.raises(ParentCommand) as caught:
            graph(make(), retry_policy=RetryPolicy(initial_interval=0.001, retry_on=Exception)).invoke({"x": 0})
        assert caught.value.args[0] == command
    assert len(attempts) == 2, "it is no failure, so it is not tried again"
    with pytest.raises(InvalidUpdateError, match="no parent graph"):
        graph(lambda state: {}).invoke(command)


# -- input ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [5, "text", [("x", 1)], [1]])
def test_an_input_must_be_a_state(given: Any) -> None:
    with pytest.raises(InvalidUpdateError, match=rf"dict .* of type {type(given).__name__}"):
        graph(lambda state: {}).invoke(given)


def test_forms_of_input() -> None:
    app = graph(lambda state: {"log": [sorted(state)]})
    assert both_ways(app, {"zzz": 1}) == {"log": [["log"]]}
    assert both_ways(app, Data(3)) == {"x": 3, "log": ["data", ["log", "x"]]}
    assert both_ways(app, Command(update={"x": 3})) == {"x": 3, "log": [["log", "x"]]}
    assert both_ways(app, [Command(update={"x": 3}), {"log": ["in"]}]) == {"x": 3, "log": ["in", ["log", "x"]]}


def test_a_router_at_the_start_sees_the_input() -> None:
    class Private(TypedDict):
        kept: int

    class Input(TypedDict):
        x: int

    def first(state: State) -> list[str]:
        return ["a"] if state == {"x": 1, "log": []} else ["b"]

    builder = StateGraph(State, input_schema=Input).add_node("a", lambda state: {"log": ["a"]})
    builder.add_node("b", lambda state: {"log": ["b"]}).set_conditional_entry_point(first)
    assert both_ways(builder.compile(), {"x": 1, "log": ["dropped"], "kept": 1}) == {"x": 1, "log": ["a"]}
    assert both_ways(builder.compile(), {"x": 2}) == {"x": 2, "log": ["b"]}

    async def afirst(state: State) -> str:
        return "b"

    builder.add_conditional_edges(START, afirst)
    assert both_ways(builder.compile(), {"x": 1}) == {"x": 1, "log": ["a", "b"]}


# -- limits --------------------------------------------------------------------------------------------------------------------------


def test_a_node_out_of_time() -> None:
    stopped = []

    async def slow(state: State) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    with pytest.raises(NodeTimeoutError, match=r"'a' exceeded its run timeout of 0\.01") as caught:
        graph(slow, timeout=0.01).invoke({})
    assert (caught.value.kind, caught.value.run_timeout, stopped) == ("run", 0.01, [True])
    with pytest.raises(NodeTimeoutError):
        asyncio.run(graph(slow, timeout=0.01).ainvoke({}))


def test_a_timeout_of_the_node_s_own_is_its_own() -> None:
    async def node(state: State) -> None:
        async with asyncio.timeout(0.001):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError) as caught:
        graph(node, timeout=20).invoke({})
    assert not isinstance(caught.value, NodeTimeoutError)


def test_a_send_with_a_limit() -> None:
    async def slow(state: Any) -> dict[str, Any]:
        if state.get("wait"):
            await asyncio.Event().wait()
        return {"log": ["in time"]}

    def app(arg: Any) -> Any:
        builder = StateGraph(State).add_node("slow", slow)
        return builder.add_conditional_edges(START, lambda state: Send("slow", arg, timeout=0.02)).compile()

    assert app({}).invoke({}) == {"log": ["in time"]}
    with pytest.raises(NodeTimeoutError):
        app({"wait": True}).invoke({})


def test_a_limit_on_time_is_tried_again() -> None:
    attempts = []

    async def node(state: State) -> dict[str, Any]:
        attempts.append(1)
        if len(attempts) == 1:
            await asyncio.Event().wait()
        return {"log": ["done"]}

    app = graph(node, timeout=0.01, retry_policy=RetryPolicy(initial_interval=0.001, jitter=False))
    assert app.invoke({}) == {"log": ["done"]}
