"""control: Send; control: Command

A node that returns a bare `Send`, alone or beside static edges and in a sub-graph; a list of them is no result.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]
    of: str


RETURNS = {
    "send": lambda state: Send("work", {"of": "sent"}),
    "to the end": lambda state: Send(END, {}),
    "beside a command": lambda state: [Command(update={"log": ["update"]}, goto=Send("work", {"of": "commanded"}))],
    "list": lambda state: [Send("work", {})],
}


def main(t):
    for label, node in RETURNS.items():
        builder = StateGraph(State).add_node("node", node).add_node("next", lambda state: {"log": ["next"]})
        builder.add_node("work", lambda state: {"log": [f"work {state.get('of')}"]})
        sub = builder.add_edge(START, "node").add_edge("node", "next").compile()
        app = StateGraph(State).add_node("sub", sub).add_edge(START, "sub").compile(checkpointer=t.saver())
        thread = t.thread()
        try:
            t.record(label, app.invoke({"log": []}, thread))
        except Exception as error:
            t.record(label, type(error).__name__)
        t.record(f"{label}: state", [app.get_state(thread).values, app.get_state(thread).next])
