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


def main(t):
    builder = StateGraph(State).add_node("fan", lambda state: {"log": [f"fan {state['x']}"]})
    builder.add_node("work", lambda state: {"log": [f"work {state['x']}"]}).add_node(
        "other", lambda state: {"log": ["other"]}
    )
    builder.add_edge(START, "fan").add_edge("fan", "other")
    builder.add_conditional_edges("fan", lambda state: [Send("work", {"x": 10}), Send("work", {"x": 20})])
    app, thread = builder.compile(checkpointer=t.saver(), interrupt_before=["work"]), t.thread()
    app.invoke({"x": 1}, thread)
    t.record("paused", app.get_state(thread).next)
    t.record("new input", app.invoke({"x": 2}, thread))
    t.record("continued", app.invoke(None, thread))
    t.history("history", app.get_state_history(thread))
