"""draw: Drawing; build: Node options

Metadata of nodes, deferred nodes, and breakpoints are shown in labels; a deferred node comes after what ran last.
"""

from __future__ import annotations

from typing_extensions import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


def main(t):
    made = StateGraph(State)
    made.add_node(
        "a", node, metadata={"owner": "desk", "tags": ["x", 1], "limits": {"a": 1}, "none": None, "html": "<b>#"}
    )
    made.add_node("b", node, defer=True)
    made.add_node("c", node, metadata={"n": 1.5})
    made.add_edge(START, "a").add_edge("a", "b").add_edge("a", "c")
    graph = made.compile(interrupt_before=["a", "c"], interrupt_after=["c"]).get_graph()
    t.record("metadata", {name: found.metadata for name, found in graph.nodes.items()})
    t.record("edges", [tuple(edge) for edge in graph.edges])
    t.record("mermaid", graph.draw_mermaid())
    t.record("everywhere", made.compile(interrupt_before="*").get_graph().draw_mermaid())
    late = StateGraph(State)
    for name in ("a", "b", "c", "d", "e"):
        late.add_node(name, node, defer=name in "de")
    late.add_edge(START, "a").add_edge("a", "b").add_edge("a", "d").add_edge("b", "c").add_edge("b", "e")
    t.record("two deferred", [tuple(edge) for edge in late.compile().get_graph().edges])
    joined = StateGraph(State)
    for name in ("a", "b", "c", "d"):
        joined.add_node(name, node, defer=name == "d")
    joined.add_edge(START, "a").add_edge(START, "b").add_edge("b", "c").add_edge(["a", "b"], "d")
    t.record("deferred join", [tuple(edge) for edge in joined.compile().get_graph().edges])
    handled = StateGraph(State).add_node("a", node, error_handler=node).add_edge(START, "a")
    t.record("error handler", handled.compile().get_graph().draw_mermaid())
