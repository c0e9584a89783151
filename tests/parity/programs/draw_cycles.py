"""draw: Drawing

Graphs that go round: where one without an END seems to end, loops of one node, joins in a cycle.
"""

from __future__ import annotations

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


def route(state):
    return END


def ring(size, *routed):
    made = StateGraph(State)
    names = [f"n{number}" for number in range(size)]
    for name in names:
        made.add_node(name, node)
    made.add_edge(START, "n0")
    for number, name in enumerate(names):
        after = names[(number + 1) % size]
        if number in routed:
            made.add_conditional_edges(name, route, [after])
        else:
            made.add_edge(name, after)
    return made


def main(t):
    for size in range(1, 6):
        for routed in sorted({(), (0,), (size - 1,), (0, size - 1)}):
            graph = ring(size, *routed).compile().get_graph()
            t.record(f"{size} {routed}", [tuple(edge) for edge in graph.edges])
            t.record(f"{size} {routed} text", graph.draw_mermaid())
    left = ring(2).add_conditional_edges("n1", route, {"done": END, "again": "n0"})
    t.record("with a way out", left.compile().get_graph().draw_mermaid())
    join = StateGraph(State)
    for name in ("a", "b", "c"):
        join.add_node(name, node)
    join.add_edge(START, "a").add_edge(START, "b").add_edge(["a", "b"], "c").add_edge("c", "a").add_edge("c", "b")
    t.record("join", join.compile().get_graph().draw_mermaid())
    two = ring(2).add_node("c", node).add_node("d", node).add_edge("c", "d").add_edge("d", "c").add_edge(START, "c")
    t.record("two rings", [list(two.compile().get_graph().nodes), two.compile().get_graph().draw_mermaid()])
    long = StateGraph(State)
    for number in range(260):
        long.add_node(f"n{number:03}", node)
        long.add_edge(START if number == 0 else f"n{number - 1:03}", f"n{number:03}")
    t.record("a long chain", [tuple(edge) for edge in long.compile().get_graph().edges])
