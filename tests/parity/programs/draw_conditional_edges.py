"""draw: Conditional edges

Dashed edges come from a path map, its labels from keys that are no names; from a list; from a Literal annotation; a router with none of
these draws no edge.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


def anywhere(state):
    return "b"


def named(state) -> Literal["b", "c", "__end__"]:
    return "b"


def builder():
    made = StateGraph(State)
    for name in ("a", "b", "c"):
        made.add_node(name, node)
    return made


def main(t):
    shapes = {
        "map": builder().add_edge(START, "a").add_conditional_edges("a", anywhere, {"yes": "b", "c": "c", True: END}),
        "list": builder().add_edge(START, "a").add_conditional_edges("a", anywhere, ["b", "c", END]),
        "literal": builder().add_edge(START, "a").add_conditional_edges("a", named),
        "entry": builder().add_conditional_edges(START, named, {"b": "b", "c": "a"}),
        "none": builder().add_edge(START, "a").add_conditional_edges("a", anywhere),
        "beside an edge": builder().add_edge(START, "a").add_edge("a", "b").add_conditional_edges("a", named),
        "one target twice": builder().add_edge(START, "a").add_conditional_edges("a", anywhere, {"z": "b", "y": "b"}),
    }
    two = builder().add_edge(START, "a").add_conditional_edges("a", anywhere, ["b", "c"])
    shapes["two routers"] = two.add_conditional_edges("a", named, {"more": "b", "1": "c"})
    for label, shape in shapes.items():
        graph = shape.compile().get_graph()
        t.record(f"{label}: edges", [tuple(edge) for edge in graph.edges])
        t.record(f"{label}: mermaid", graph.draw_mermaid())
    mapped = shapes["map"].compile().get_graph()
    assert any(edge.conditional and edge.data == "yes" for edge in mapped.edges)
    assert "-. &nbsp;yes&nbsp; .->" in mapped.draw_mermaid()
    assert not any(edge.conditional for edge in shapes["none"].compile().get_graph().edges)
