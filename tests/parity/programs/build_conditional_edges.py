"""build: Conditional edge

A router returns a name, END, a list, a tuple, `Send`s, a mix, or a value of its path map (dict or list, bool keys and
None too); several branches of one node all count; the router sees the node's own write.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    trail: Annotated[list[str], operator.add]


CASES = {
    "name": ("b", None),
    "end": (END, None),
    "list": (["c", "b"], None),
    "tuple": (("b", "c"), None),
    "twice": (["b", "b"], None),
    "empty": ([], None),
    "name and end": (["b", END], None),
    "send": (Send("b", {"x": 5}), None),
    "sends and name": ([Send("b", {"x": 5}), "b", Send("c", {"x": 6})], None),
    "dict": ("yes", {"yes": "b", "no": END}),
    "dict of bool": (False, {True: "b", False: "c"}),
    "dict of none": (None, {None: "b"}),
    "dict, several": (["yes", "no"], {"yes": "b", "no": "c"}),
    "dict and send": ([Send("c", {"x": 9}), "yes"], {"yes": "b"}),
    "list map": ("b", ["b", "c"]),
}


def graph(answer, path_map):
    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"x": 1, "trail": ["a"]})
    for name in ("b", "c"):
        builder.add_node(name, lambda state, name=name: {"trail": [f"{name}{state.get('x')}"]})
    builder.add_edge(START, "a")
    builder.add_conditional_edges("a", lambda state: answer, path_map)
    return builder.compile()


def by_state(state):
    return "b" if state["x"] == 1 and state["trail"] == ["a"] else "c"


async def by_state_async(state):
    await asyncio.sleep(0)
    return by_state(state)


class Router:
    def __call__(self, state, config):
        return config["configurable"]["target"]


def main(t):
    for label, (answer, path_map) in CASES.items():
        t.record(label, graph(answer, path_map).invoke({"x": 0}))
        t.record(f"{label}, async", asyncio.run(graph(answer, path_map).ainvoke({"x": 0})))

    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"x": 1, "trail": ["a"]})
    for name in ("b", "c"):
        builder.add_node(name, lambda state, name=name: {"trail": [name]})
    builder.add_edge(START, "a")
    builder.add_conditional_edges("a", by_state)
    t.record("sees the write", builder.compile().invoke({"x": 0}))
    builder.add_conditional_edges("a", Router())
    run = {"configurable": {"target": "c"}}
    t.record("two branches", builder.compile().invoke({"x": 0}, run))
    builder.add_conditional_edges("a", by_state_async)
    t.record("async router", asyncio.run(builder.compile().ainvoke({"x": 0}, run)))
