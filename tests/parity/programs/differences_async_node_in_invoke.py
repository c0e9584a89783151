"""exec: Async

An async node under `invoke`: LangGraph raises TypeError, here it simply runs. Deliberate: docs/decisions/0008.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


async def node(state: State) -> dict:
    return {"x": state["x"] + 1}


def main(t):
    app = StateGraph(State).add_node("node", node).add_edge(START, "node").compile()
    try:
        result = app.invoke({"x": 1})
    except TypeError as error:
        result = type(error).__name__
    t.record("async node", result)
