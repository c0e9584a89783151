"""Routers: what they see, what they may be, and where they may lead."""

from __future__ import annotations

import logging
from typing import Annotated, Any, TypedDict

import pytest

from actograph.config import RunnableConfig
from actograph.errors import InvalidUpdateError
from actograph.graph import END, START, StateGraph
from actograph.types import Command, Send
from tests.unit.graph_kit import State, both_ways, graph

# -- routers -------------------------------------------------------------------------------------------------------------------------


def test_a_router_sees_its_own_task_s_writes_and_no_other_s() -> None:
    seen: dict[str, Any] = {}

    def router(state: State, config: RunnableConfig) -> str:
        seen[config["metadata"]["langgraph_node"]] = {**state}
        return END

    builder = StateGraph(State)
    for name in ("a", "b"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
        builder.add_edge(START, name).add_conditional_edges(name, router)
    assert both_ways(builder.compile(), {"x": 1, "log": ["in"]}) == {"x": 1, "log": ["in", "a", "b"]}
    assert seen == {"a": {"x": 1, "log": ["in", "a"]}, "b": {"x": 1, "log": ["in", "b"]}}


def test_a_reducer_that_changes_its_left_side_is_not_felt_twice() -> None:
    def extend(left: list[int], right: list[int]) -> list[int]:
        left.extend(right)
        return left

    InPlace = TypedDict("InPlace", {"log": Annotated[list[int], extend]})  # noqa: UP013
    builder = StateGraph(InPlace).add_node("a", lambda state: {"log": [1]}).add_edge(START, "a")
    app = builder.add_conditional_edges("a", lambda state: END).compile()
    assert both_ways(app, {"log": [0]}) == {"log": [0, 1]}


def test_a_router_may_have_a_schema_of_its_own() -> None:
    class Private(TypedDict):
        secret: int

    def router(state: Private) -> str:
        return "b" if state == {"secret": 4} else "c"

    assert both_ways(graph(lambda state: {"secret": 4}, router), {"x": 1}) == {"x": 1, "log": ["b1"]}


def test_routers_of_both_kinds_behind_nodes_of_both_kinds() -> None:
    async def anode(state: State) -> dict[str, Any]:
        return {"x": 2}

    async def to_b(state: State) -> str:
        return "b" if state["x"] == 2 else END

    def to_c(state: State) -> str:
        return "c" if state["x"] == 2 else END

    for node in (anode, lambda state: {"x": 2}):
        for routers in ((to_b, to_c), (to_c, to_b)):
            assert both_ways(graph(node, *routers), {"x": 1}) == {"x": 2, "log": ["b2", "c2"]}


def test_a_node_that_returns_nothing_before_a_router() -> None:
    assert both_ways(graph(lambda state: None, lambda state: "b"), {"x": 1, "log": ["in"]}) == {
        "x": 1,
        "log": ["in", "b1"],
    }


def test_routers_that_lead_nowhere() -> None:
    for result in (None, START, ["b", None]):
        with pytest.raises(ValueError, match="router '<lambda>' of 'a' returned"):
            graph(lambda state: {}, lambda state, result=result: result).invoke({})
    with pytest.raises(InvalidUpdateError, match="END"):
        graph(lambda state: {}, lambda state: Send(END, {})).invoke({})
    builder = StateGraph(State).add_node("a", lambda state: {}).add_edge(START, "a")
    builder.add_conditional_edges("a", lambda state: "elsewhere", {"here": "a"})
    with pytest.raises(KeyError, match="elsewhere"):
        builder.compile().invoke({})


def test_unknown_results_of_routers_are_logged_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    for result in ("nowhere", 5, True, Command(goto="b"), Send("nowhere", {})):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "actograph"):
            assert graph(lambda state: {}, lambda state, result=result: result).invoke({"x": 1}) == {"x": 1, "log": []}
        assert "router '<lambda>' of 'a' leads to" in caplog.text
