"""draw: Drawing; functional: entrypoint

An entrypoint is a graph of one node; with `xray`, a graph that it calls is drawn in its place.
"""

from __future__ import annotations

from typing_extensions import TypedDict

from actograph.func import entrypoint
from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


part = StateGraph(State).add_node("p", node).add_node("q", node).add_edge(START, "p").add_edge("p", "q").compile()


@entrypoint()
def flow(value: int) -> str:
    part.invoke({"x": value})
    return str(value)


def main(t):
    for xray in (False, True):
        graph = flow.get_graph(xray=xray)
        t.record(f"{xray}: nodes", list(graph.nodes))
        t.record(f"{xray}: edges", [tuple(edge) for edge in graph.edges])
        t.record(f"{xray}: mermaid", graph.draw_mermaid())
    outer = (
        StateGraph(State).add_node("flow", flow).add_node("end", node).add_edge(START, "flow").add_edge("flow", "end")
    )
    t.record("as a node", outer.compile().get_graph().draw_mermaid())
