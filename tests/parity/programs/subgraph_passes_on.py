"""subgraph: As node; subgraph: Called in a node

Context, store, recursion limit and durability pass through; a sub-graph's own limit counts its own supersteps.
"""

from __future__ import annotations

import asyncio
import operator
from dataclasses import dataclass
from typing import Annotated, TypedDict

from actograph.errors import GraphRecursionError
from actograph.runtime import Runtime
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


@dataclass
class Context:
    who: str


def look(state, runtime: Runtime[Context]):
    return {"log": [runtime.context.who, f"{runtime.store is not None}"]}


def main(t):
    from actograph.store.memory import InMemoryStore

    inner = chain(("look", look))
    called = chain(("called", lambda state: {"log": inner.invoke({})["log"]}))
    other = chain(("called", lambda state: {"log": inner.invoke({}, context=Context("other"))["log"]}))
    for name, node in [("node", inner), ("deep", called), ("other context", other)]:
        app = chain(("sub", node), store=InMemoryStore())
        t.record(name, app.invoke({}, context=Context("ada")))
        t.record(f"{name}, async", asyncio.run(app.ainvoke({}, context=Context("eve"))))

    ticks = []

    def tick(state):
        ticks.append(1)
        return {"log": ["x"]}

    builder = StateGraph(State).add_node("again", tick)
    loop = builder.add_edge(START, "again").add_conditional_edges("again", lambda state: "again", ["again"]).compile()
    with t.raises("limit"):
        chain(says("first"), ("sub", loop)).invoke({}, {"recursion_limit": 6})
    t.record("supersteps", len(ticks))
    ticks.clear()

    def catches(state):
        try:
            loop.invoke({}, {"recursion_limit": 3})
        except GraphRecursionError:
            return {"log": [f"stopped after {len(ticks)}"]}

    t.record("a limit of its own", chain(("sub", catches)).invoke({}, {"recursion_limit": 20}))
