"""draw: Drawing

The picture of a graph as text for a terminal: there it needs a library for layouts, which is not installed with it; here it is drawn.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    app = StateGraph(State).add_node("n", lambda state: {"x": 1}).add_edge(START, "n").compile()
    try:
        outcome = sorted({"n", "__start__"} & set(app.get_graph().draw_ascii().replace("|", " ").split()))
    except ImportError as error:
        outcome = type(error).__name__
    t.record("picture", outcome)
