"""A small state and ways to build and run a graph over it, for the tests beside."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


def graph(node: Any, *more: Any, **options: Any) -> Any:
    builder = StateGraph(State).add_node("a", node, **options)
    for name in ("b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state.get('x')}"]})
    builder.add_edge(START, "a")
    for router in more:
        builder.add_conditional_edges("a", router)
    return builder.compile()


def both_ways(app: Any, given: Any, **options: Any) -> Any:
    """The result of `invoke`, which `ainvoke` has to match."""
    result = app.invoke(given, **options)
    assert asyncio.run(app.ainvoke(given, **options)) == result
    return result
