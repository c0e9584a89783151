"""travel: update_state; build: Join edge

An update in the name of a node that a join was about to run: there the node runs besides, and what follows it runs twice; here it counts as
having run. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State)
    for name in ("left", "right", "joined", "last"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "left").add_edge(START, "right").add_edge(["left", "right"], "joined")
    app = builder.add_edge("joined", "last").compile(checkpointer=t.saver(), interrupt_before=["joined"])
    thread = t.thread()
    t.record("before", app.invoke({"log": []}, thread))
    app.update_state(thread, {"log": ["by hand"]}, as_node="joined")
    t.record("next", app.get_state(thread).next)
    t.record("end", app.invoke(None, thread))
