"""draw: Drawing

Nodes, edges, first and last node, and the mermaid text, of a chain, a fan with a join, and paths that end by themselves.
"""

from __future__ import annotations

import operator
from typing import Annotated

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    log: Annotated[list, operator.add]


def node(state):
    return {"log": ["x"]}


def builder(*names):
    made = StateGraph(State)
    for name in names:
        made.add_node(name, node)
    return made


def show(t, label, graph):
    first, last = graph.first_node(), graph.last_node()
    t.record(f"{label}: nodes", [(key, found.id, found.name) for key, found in graph.nodes.items()])
    t.record(f"{label}: edges", [tuple(edge) for edge in graph.edges])
    t.record(f"{label}: ends", [first and first.id, last and last.id])
    t.record(f"{label}: mermaid", graph.draw_mermaid())
    t.record(f"{label}: plain", graph.draw_mermaid(with_styles=False))


def main(t):
    chain = builder("b", "a", "c").add_edge(START, "a").add_edge("a", "b").add_edge("b", "c").add_edge("c", END)
    show(t, "chain", chain.compile().get_graph())
    fan = builder("c", "b", "a").add_edge(START, "b").add_edge(START, "a").add_edge(["a", "b"], "c")
    show(t, "fan", fan.compile().get_graph())
    open_ends = builder("z", "y", "x").add_edge(START, "x").add_edge("x", "y").add_edge("x", "z").add_edge("x", END)
    show(t, "open ends", open_ends.compile().get_graph())
    orphans = builder("a", "b", "c").add_edge(START, "a").add_edge("b", "c").add_edge(["a", "c"], "b")
    show(t, "what cannot be reached", orphans.compile().get_graph())
    names = builder("a b", "c-d", "1x", 'q"uote', "é", "*b*").add_edge(START, "a b").add_edge("a b", "c-d")
    names.add_edge("c-d", "1x").add_edge("1x", 'q"uote').add_edge('q"uote', "é").add_edge("é", "*b*")
    show(t, "names", names.compile().get_graph())
