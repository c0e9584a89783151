"""draw: Drawing

`to_json` gives nodes and edges as plain data, with labels, metadata and what is conditional.
"""

from __future__ import annotations

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


def route(state):
    return "b"


def told(graph):
    """The data of a node names the class that runs it, which is each library's own."""
    shown = graph.to_json()
    for found in shown["nodes"]:
        if "data" in found:
            found["data"] = found["data"]["name"]
    return shown


def main(t):
    inner = StateGraph(State).add_node("p", node).add_node("q", node).add_edge(START, "p").add_edge("p", "q").compile()
    made = StateGraph(State).add_node("a", node, metadata={"k": [1, {"z": 2}]}).add_node("b", inner)
    made.add_edge(START, "a").add_conditional_edges("a", route, {"yes": "b", END: END})
    app = made.compile(interrupt_before=["b"])
    t.record("outer", told(app.get_graph()))
    t.record("inner", told(app.get_graph(xray=True)))
    assert {"source": "a", "target": "b", "data": "yes", "conditional": True} in app.get_graph().to_json()["edges"]
