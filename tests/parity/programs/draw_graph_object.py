"""draw: Drawing

The picture is a `Graph` that one can build and change: nodes with and without ids, edges, `extend`, trimming, `reid`.
"""

from __future__ import annotations

import importlib


def main(t):
    drawing = importlib.import_module("actograph.pregel.drawing" if t.own else "langchain_core.runnables.graph")
    graph = drawing.Graph()
    assert not graph
    one, two = graph.add_node(None, "one"), graph.add_node(None, "two", metadata={"k": 1})
    edge = graph.add_edge(one, two, "label", True)
    assert graph
    t.record("edge", [tuple(edge), tuple(edge.copy(target="three"))])
    t.record("node", [tuple(two), tuple(two.copy(id="three", name="drei"))])
    with t.raises("id taken", culprit=["one"]):
        graph.add_node(None, "one")
    with t.raises("source unknown", culprit=["nobody"]):
        graph.add_edge(drawing.Node("nobody", "nobody", None, None), one)
    with t.raises("target unknown", culprit=["nobody"]):
        graph.add_edge(one, drawing.Node("nobody", "nobody", None, None))
    part = drawing.Graph()
    nodes = [part.add_node(None, name) for name in ("p", "q", "r")]
    part.add_edge(nodes[0], nodes[1])
    part.add_edge(nodes[1], nodes[2])
    ends = graph.extend(part, prefix="part")
    t.record("extended", [[end and tuple(end) for end in ends], list(graph.nodes), [tuple(e) for e in graph.edges]])
    t.record("no ends", [graph.first_node(), graph.last_node()])
    part.trim_first_node()
    part.trim_last_node()
    t.record("trimmed", [list(part.nodes), [tuple(edge) for edge in part.edges]])
    graph.remove_node(one)
    t.record("removed", [list(graph.nodes), [tuple(edge) for edge in graph.edges]])
    unnamed = drawing.Graph()
    nodes = [
        unnamed.add_node(node_data, id) for node_data, id in ((dict, None), (dict, None), (list, None), (None, "me"))
    ]
    unnamed.add_edge(nodes[0], nodes[1])
    unnamed.add_edge(nodes[1], nodes[3], "x")
    t.record("names", [node.name for node in nodes])
    readable = unnamed.reid()
    t.record("readable", [list(readable.nodes), [tuple(edge) for edge in readable.edges], readable.draw_mermaid()])
    t.record("json", [[node["id"] for node in unnamed.to_json()["nodes"]], unnamed.to_json()["edges"]])
