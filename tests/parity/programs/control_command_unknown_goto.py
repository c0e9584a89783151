"""control: Command typing

An unknown goto is ignored, beside a known one as well, whatever the annotation says.
"""

from __future__ import annotations

import operator
from typing import Annotated, Literal, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    def graph(goto):
        def a(state) -> Command[Literal["b"]]:
            return Command(update={"log": ["a"]}, goto=goto)

        builder = StateGraph(State).add_node("a", a).add_node("b", lambda state: {"log": ["b"]})
        return builder.add_edge(START, "a").compile(checkpointer=t.saver())

    for label, goto in {
        "alone": "nowhere",
        "beside": ["nowhere", "b"],
        "start": START,
        "send": Send("nowhere", {}),
    }.items():
        app, thread = graph(goto), t.thread()
        t.record(label, app.invoke({}, thread))
        t.record(f"{label}, next", [(snap.next, snap.metadata["step"]) for snap in app.get_state_history(thread)])
