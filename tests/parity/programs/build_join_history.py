"""build: Join edge; persist: History

Checkpoints of a run with a join: what has arrived at the join survives between runs of a thread.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    path: str
    trail: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State)
    for name in ("left", "right", "join"):
        builder.add_node(name, lambda state, name=name: {"trail": [name]})
    builder.add_conditional_edges(START, lambda state: state["path"])
    builder.add_edge(["left", "right"], "join")
    app = builder.compile(checkpointer=t.saver())
    thread = t.thread()
    t.record("first half", app.invoke({"path": "left"}, thread))
    t.snapshot("between", app.get_state(thread))
    t.record("second half", app.invoke({"path": "right"}, thread))
    t.record("left again", app.invoke({"path": "left"}, thread))
    t.history("history", app.get_state_history(thread))
