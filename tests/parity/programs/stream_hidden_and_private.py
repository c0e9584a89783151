"""stream: values
stream: updates
stream: tasks

Channels outside the output schema are in values, results and checkpoints of a stream; managed values are in none; input keys that
are no channels are dropped.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.managed import RemainingSteps


class Private(TypedDict):
    secret: str


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]
    left: RemainingSteps


class Output(TypedDict):
    x: int


def reveal(state: Private):
    return {"log": [state["secret"]]}


def main(t):
    app = StateGraph(State, output_schema=Output).add_node("hide", lambda state: {"secret": "s", "unknown": 1})
    app = app.add_node("reveal", reveal).add_node("x", lambda state: {"x": 7 + (state["left"] > 0)})
    app = app.add_edge(START, "hide").add_edge("hide", "reveal").add_edge("reveal", "x").compile(checkpointer=t.saver())
    for mode in ("values", "updates", "tasks", "checkpoints", "debug"):
        t.record(mode, list(app.stream({"x": 0, "nothing": 1}, t.thread(), stream_mode=mode)))
    t.record("invoke", app.invoke({"x": 0}, t.thread()))
