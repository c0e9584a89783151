"""build: Conditional edge
errors: Classes

Routers that go wrong: `None`, a value the path map lacks, an exception; unknown names are ignored and end the run.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(router, path_map=None):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("second", lambda state: {"log": ["second"]})
    builder.add_edge(START, "first")
    builder.add_conditional_edges("first", router, path_map)
    return builder.compile()


def broken(state):
    raise LookupError("no way")


FAILING = {
    "None": (lambda state: None, None),
    "not in the map": (lambda state: "third", {"x": "second"}),
    "raises": (broken, None),
}
FINE = {
    "unknown": lambda state: "third",
    "unknown send": lambda state: Send("third", {}),
    "empty": lambda state: [],
    "END in a list": lambda state: [END],
    "one known": lambda state: ["third", "second"],
}


def main(t):
    for name, arguments in FAILING.items():
        with t.raises(name):
            graph(*arguments).invoke({"log": []})
    for name, router in FINE.items():
        t.record(name, graph(router).invoke({"log": []}))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    async def nothing(state):
        return None

    for name, arguments in {**FAILING, "async None": (nothing, None)}.items():
        with t.raises(f"async {name}"):
            await graph(*arguments).ainvoke({"log": []})
