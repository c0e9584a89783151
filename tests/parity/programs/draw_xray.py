"""draw: Drawing; subgraph: Inspect

`get_graph(xray=)` draws sub-graphs in boxes: all levels, or so many; their entries and ends are left out where nothing is lost.
"""

from __future__ import annotations

import asyncio

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


def route(state):
    return "q"


def inner():
    made = StateGraph(State).add_node("p", node).add_node("q", node).add_edge(START, "p")
    return made.add_conditional_edges("p", route, ["q", END]).compile()


def middle():
    made = StateGraph(State).add_node("m", node).add_node("inner", inner()).add_edge(START, "m")
    return made.add_edge("m", "inner").compile()


def fan():
    made = StateGraph(State)
    for name in ("r", "s", "u"):
        made.add_node(name, node)
    return made.add_edge(START, "r").add_edge(START, "s").add_edge("r", "u").compile()


def ring():
    made = StateGraph(State).add_node("v", node).add_node("w", node)
    return made.add_edge(START, "v").add_edge("v", "w").add_edge("w", "v").compile()


def main(t):
    outer = StateGraph(State)
    outer.add_node("middle", middle()).add_node("z", node, metadata={"k": 1}).add_node("fan", fan(), metadata={"k": 1})
    outer.add_node("ring", ring())
    outer.add_edge(START, "z").add_edge("z", "middle").add_edge("middle", "fan").add_edge("fan", "ring")
    outer.add_conditional_edges("z", route, {"around": "fan", "end": END})
    app = outer.compile()
    for xray in (False, True, 0, 1, 2, 3):
        graph = app.get_graph(xray=xray)
        t.record(f"{xray}: nodes", [(key, found.name, found.metadata) for key, found in graph.nodes.items()])
        t.record(f"{xray}: edges", [tuple(edge) for edge in graph.edges])
        t.record(f"{xray}: mermaid", graph.draw_mermaid())
        t.record(f"{xray}: plain", graph.draw_mermaid(with_styles=False))
    assert "middle:inner:p" in app.get_graph(xray=True).nodes
    assert "middle:inner" in app.get_graph(xray=1).nodes
    t.record("async", asyncio.run(app.aget_graph(xray=True)).draw_mermaid())
