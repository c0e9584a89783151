"""draw: Drawing

Options of `draw_mermaid`: curve styles, colours of nodes, words per line of a label, front matter.
"""

from __future__ import annotations

import importlib

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


def route(state):
    return "b"


def main(t):
    drawing = importlib.import_module("actograph.pregel.drawing" if t.own else "langchain_core.runnables.graph")
    made = StateGraph(State).add_node("a", node).add_node("b", node).add_edge(START, "a")
    labels = {"one two three four five six seven eight nine ten eleven": "b", "x  y": END}
    app = made.add_conditional_edges("a", route, labels).compile()
    graph = app.get_graph()
    for style in drawing.CurveStyle:
        t.record(f"curve {style.name}", graph.draw_mermaid(curve_style=style))
    colours = drawing.NodeStyles(default="fill:red", first="fill:green", last="fill:blue")
    t.record("colours", graph.draw_mermaid(node_colors=colours))
    t.record("default colours", [drawing.NodeStyles().default, drawing.NodeStyles().first, drawing.NodeStyles().last])
    for words in (1, 2, 20):
        t.record(f"{words} words", graph.draw_mermaid(wrap_label_n_words=words))
    front = {"config": {"theme": "neutral", "look": "handDrawn", "flowchart": {"nodeSpacing": 10}}, "title": "My graph"}
    t.record("front matter", graph.draw_mermaid(frontmatter_config=front))
    t.record("no styles", graph.draw_mermaid(with_styles=False, frontmatter_config=front))
    assert "curve: stepBefore" in graph.draw_mermaid(curve_style=drawing.CurveStyle.STEP_BEFORE)
