"""Tasks are found in what a function names, so that a sync node which waits for them runs where it blocks nobody."""

from __future__ import annotations

import functools
import types
from typing import Any

from actograph.func import task
from actograph.graph import START, StateGraph
from actograph.graph.referenced import referenced_tasks


@task
def one(number: int) -> int:
    return number


@task
def two(number: int) -> int:
    return one(number).result()


module = types.ModuleType("tools")
module.one = one  # type: ignore[attr-defined]


def direct(state: Any) -> Any:
    return one(1)


def behind(state: Any) -> Any:
    return direct(state)


def in_a_comprehension(state: Any) -> Any:
    return [two(number) for number in state]


def through_a_module(state: Any) -> Any:
    return module.one(1)


def nothing(state: Any) -> Any:
    return state


def ping(state: Any) -> Any:
    return pong(state)


def pong(state: Any) -> Any:
    return ping(state)


class Shop:
    @task
    def price(self) -> int:
        return 1

    def total(self, state: Any) -> Any:
        return self.sum_up()

    def sum_up(self) -> Any:
        return self.price()

    def __call__(self, state: Any) -> Any:
        return self.price()


def names(function: Any) -> list[str]:
    return sorted(found.name for found in referenced_tasks(function))


def test_what_is_found() -> None:
    captured = one
    table = {"by name": two}
    assert names(direct) == ["one"]
    assert names(behind) == ["one"]
    assert names(in_a_comprehension) == ["one", "two"]
    assert names(through_a_module) == ["one"]
    assert names(functools.partial(direct)) == ["one"]
    assert names(Shop().total) == ["price"]
    assert names(Shop()) == ["price"]
    assert names(lambda state: captured(1)) == ["one"]
    assert names(lambda state: table["by name"](1)) == ["one", "two"]
    assert names(one) == ["one"]


def test_what_is_not() -> None:
    assert names(nothing) == []
    assert names(ping) == []
    assert names(len) == []
    assert names(print) == []


def test_only_nodes_that_name_tasks_leave_the_callers_thread() -> None:
    graph = StateGraph(dict).add_node("direct", direct).add_node("nothing", nothing).add_edge(START, "direct").compile()
    assert {name: node.threaded for name, node in graph.plan.nodes.items() if name != START} == {
        "direct": True,
        "nothing": False,
    }


def test_functions_around_objects_that_have_no_code() -> None:
    @functools.wraps(functools.partial(direct))
    def around_a_partial(state: Any) -> Any:
        return None

    @functools.wraps(int)
    def around_a_class(state: Any) -> Any:
        return two(1)

    assert names(around_a_partial) == ["one"]
    assert names(around_a_class) == ["one", "two"]
