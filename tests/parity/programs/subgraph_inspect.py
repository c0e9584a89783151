"""subgraph: Inspect

`get_subgraphs`: graphs that are nodes, and the first that a node's function names; by namespace, recursively; the async form.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


plain = None


def by_global(state):
    return plain.invoke({"log": []})


def main(t):
    global plain
    plain = chain(says("p"))
    one, two = chain(says("one")), chain(says("two"))
    deep = chain(says("d"), ("inner", one))
    deeper = chain(("deep", deep))

    class Holder:
        graph = two

    holder = Holder()

    def first_of_two(state):
        one.invoke({})
        return two.invoke({})

    async def attribute(state):
        return await holder.graph.ainvoke({})

    def nothing(state):
        return {}

    nodes = {
        "node": one,
        "deeper": deeper,
        "global": by_global,
        "two": first_of_two,
        "attribute": attribute,
        "nothing": nothing,
        "forgets": chain(says("f"), checkpointer=False),
        "remembers": chain(says("r"), checkpointer=True),
    }
    builder = StateGraph(State)
    for name, node in nodes.items():
        builder.add_node(name, node).add_edge(START, name)
    app = builder.compile(checkpointer=t.saver())
    names = {id(graph): name for name, graph in {"plain": plain, "one": one, "two": two, "deep": deep}.items()}
    ways = [{}, {"recurse": True}]
    for namespace in ("deeper", "deeper|deep", "deeper|deep|inner", "node", "no such", "nothing", "two"):
        ways += [{"namespace": namespace}, {"namespace": namespace, "recurse": True}]
    for way in ways:
        t.record(f"{way}", [(name, names.get(id(graph))) for name, graph in app.get_subgraphs(**way)])

    async def found():
        return [name async for name, _ in app.aget_subgraphs(recurse=True)]

    t.record("async", asyncio.run(found()))
