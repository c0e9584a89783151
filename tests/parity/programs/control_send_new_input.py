"""control: Send; hitl: New input while paused

Sends that were pending when a thread gets a new input are dropped: the input's checkpoint has START alone to run.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver, *, with_edge):
    builder = StateGraph(State).add_node("fan", lambda state: {"log": [f"fan {state['x']}"]})
    builder.add_node("work", lambda state: {"log": [f"work {state['x']}"]})
    builder.add_node("other", lambda state: {"log": ["other"]}).add_edge(START, "fan")
    if with_edge:
        builder.add_edge("fan", "other")
    builder.add_conditional_edges("fan", lambda state: [Send("work", {"x": 10}), Send("work", {"x": 20})])
    return builder.compile(checkpointer=saver, interrupt_before=["work"])


def main(t):
    for label, with_edge in (("only sends", False), ("sends and an edge", True)):
        app, thread = graph(t.saver(), with_edge=with_edge), t.thread()
        app.invoke({"x": 1}, thread)
        t.record(f"{label}: paused", app.get_state(thread).next)
        t.record(f"{label}: new input", app.invoke({"x": 2}, thread))
        t.record(f"{label}: continued", app.invoke(None, thread))
        t.history(f"{label}: history", app.get_state_history(thread))
