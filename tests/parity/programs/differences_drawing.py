"""build: Low-level runtime; draw: Drawing

Graphs that cannot be drawn there: one of nodes and channels with several input channels, one that names destinations
in two ways, two sub-graphs of one name. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.channels import LastValue
from actograph.graph import END, START, StateGraph
from actograph.pregel import NodeBuilder, Pregel


class State(TypedDict, total=False):
    x: str


def low_level():
    node = NodeBuilder().subscribe_to("a", "b").do(lambda given: given["a"]).write_to("c")
    channels = {name: LastValue(str) for name in "abc"}
    app = Pregel(nodes={"n": node}, channels=channels, input_channels=["a", "b"], output_channels="c")
    return sorted(app.get_graph().nodes)


def two_ways():
    builder = StateGraph(State).add_node("a", lambda state: None, destinations=("b",)).add_node("b", lambda state: None)
    builder.add_edge(START, "a").add_conditional_edges("a", lambda state: "go", {"go": "b", "stop": END})
    return [[edge.source, edge.target, edge.data] for edge in builder.compile().get_graph().edges]


def one_name():
    inner = StateGraph(State).add_node("n", lambda state: None).add_edge(START, "n")
    deep = inner.add_node("m", lambda state: None).add_edge("n", "m").compile()
    boxes = [
        StateGraph(State)
        .add_node("box", deep)
        .add_node("b", lambda state: None)
        .add_edge(START, "box")
        .add_edge("box", "b")
        .compile()
        for _ in range(2)
    ]
    app = (
        StateGraph(State)
        .add_node("one", boxes[0])
        .add_node("two", boxes[1])
        .add_edge(START, "one")
        .add_edge("one", "two")
    )
    return "subgraph" in app.compile().get_graph(xray=True).draw_mermaid()


def main(t):
    for label, draw in (("several inputs", low_level), ("two ways", two_ways), ("one name", one_name)):
        try:
            t.record(label, draw())
        except Exception as error:
            t.record(label, type(error).__name__)
