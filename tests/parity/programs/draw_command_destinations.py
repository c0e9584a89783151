"""draw: Conditional edges; control: Command typing

A node whose annotation says `Command[Literal[...]]`, or that was added with `destinations`, has dashed edges; those of a dict are labelled.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command


class State(TypedDict):
    x: int


def annotated(state) -> Command[Literal["b", "__end__"]]:
    return Command(goto="b")


def plain(state):
    return {}


def record(t, label, builder):
    graph = builder.compile().get_graph()
    t.record(f"{label}: edges", [tuple(edge) for edge in graph.edges])
    t.record(f"{label}: mermaid", graph.draw_mermaid())
    return graph


def main(t):
    made = StateGraph(State).add_node("a", annotated).add_node("b", plain).add_edge(START, "a")
    graph = record(t, "annotation", made)
    assert {edge.target for edge in graph.edges if edge.conditional} == {"b", END}
    for label, destinations in {
        "names": ("b", "c"),
        "labels": {"b": "to b", END: "give up"},
        "beside an edge": {"c": "by hand"},
    }.items():
        made = StateGraph(State).add_node("a", plain, destinations=destinations).add_node("b", plain)
        made.add_node("c", plain).add_edge(START, "a")
        if label == "beside an edge":
            made.add_edge("a", "c").add_edge("a", "b")
        record(t, label, made)
