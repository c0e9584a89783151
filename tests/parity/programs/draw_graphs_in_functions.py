"""draw: Drawing; subgraph: Inspect

With `xray`, a graph that a node's function calls is drawn in its place, if the function names it: as a variable from outside, or as an
attribute of one.
"""

from __future__ import annotations

from typing_extensions import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int


def leaf(state):
    return {}


part = StateGraph(State).add_node("p", leaf).add_node("q", leaf).add_edge(START, "p").add_edge("p", "q").compile()
other = StateGraph(State).add_node("o", leaf).add_edge(START, "o").compile()


class Holder:
    graph = part


holder = Holder()
table = {"graph": part}


def by_global(state):
    return part.invoke(state)


async def by_await(state):
    return await part.ainvoke(state)


def by_attribute(state):
    return holder.graph.invoke(state)


def by_key(state):
    return table["graph"].invoke(state)


def two(state):
    return other.invoke(part.invoke(state))


def helper(state):
    return by_global(state)


class Caller:
    def __call__(self, state):
        return part.invoke(state)


def enclosed():
    local = part

    def by_closure(state):
        return local.invoke(state)

    return by_closure


def main(t):
    made = StateGraph(State)
    nodes = {
        "global": by_global,
        "await": by_await,
        "attribute": by_attribute,
        "key": by_key,
        "helper": helper,
        "object": Caller(),
        "closure": enclosed(),
        "lambda": lambda state: part.invoke(state),
    }
    for name, node in nodes.items():
        made.add_node(name, node).add_edge(START, name)
    graph = made.compile().get_graph(xray=True)
    t.record("nodes", sorted(graph.nodes))
    t.record("edges", [tuple(edge) for edge in graph.edges])
    assert "global:p" in graph.nodes and "helper" in graph.nodes
