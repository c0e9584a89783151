"""control: Deferred node

A deferred node triggered in the superstep that also sends: LangGraph runs it beside the `Send` tasks, here it waits
for them, as its documentation says ("runs when no other task is pending"). Deliberate: docs/decisions/0010.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State)
    builder.add_node("fan", lambda state: Command(update={"log": ["fan"]}, goto=[Send("work", {}), Send("work", {})]))
    builder.add_node("work", lambda state: {"log": ["work"]})
    builder.add_node("last", lambda state: {"log": [f"last after {len(state['log'])}"]}, defer=True)
    builder.add_edge(START, "fan").add_edge("fan", "last")
    t.record("log", builder.compile().invoke({"log": []})["log"])
