"""draw: Drawing

A LangChain chain around a graph draws the graph as a part of itself; a chain as a node is looked into with `xray`.
"""

from __future__ import annotations

from langchain_core.runnables import RunnableLambda
from typing_extensions import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int


def node(state):
    return {}


def before(state):
    return state


def after(state):
    return state


def main(t):
    part = StateGraph(State).add_node("p", node).add_node("q", node).add_edge(START, "p").add_edge("p", "q").compile()
    chain = RunnableLambda(before) | part | RunnableLambda(after)
    t.record("chain", chain.get_graph().draw_mermaid())
    t.record("bound", part.bind().get_graph().draw_mermaid())
    t.record("configured", part.with_config(tags=["x"]).get_graph().draw_mermaid())
    outer = (
        StateGraph(State).add_node("chain", chain).add_node("lambda", RunnableLambda(lambda state: part.invoke(state)))
    )
    app = outer.add_edge(START, "chain").add_edge("chain", "lambda").compile()
    for xray in (False, True):
        t.record(f"{xray}", app.get_graph(xray=xray).draw_mermaid())
    assert "chain:p" in app.get_graph(xray=True).nodes
