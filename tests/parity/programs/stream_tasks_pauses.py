"""stream: tasks

A task that asks ends with its interrupts as plain data; on resume all tasks of the superstep are sent off again, and those
that had ended show their cached update and no end.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    def ask(state):
        return {"log": [interrupt({"question": "which?"})]}

    app = StateGraph(State).add_node("ask", ask).add_node("z", lambda state: {"log": ["z"]})
    app = app.add_edge(START, "ask").add_edge("ask", "z").compile(checkpointer=t.saver())
    config = t.thread()
    modes = ["values", "updates", "tasks"]
    t.record("pause", list(app.stream({"x": 0}, config, stream_mode=modes)))
    t.record("again", list(app.stream(None, config, stream_mode=modes)))
    t.record("resume", list(app.stream(Command(resume="this"), config, stream_mode=modes)))
    t.record("ended", list(app.stream(None, config, stream_mode=modes)))
    t.record("tasks only", list(app.stream({"x": 0}, t.thread(), stream_mode="tasks")))

    pair = StateGraph(State).add_node("ask", ask).add_node("ready", lambda state: {"log": ["ready"]})
    pair = pair.add_edge(START, "ask").add_edge(START, "ready").compile(checkpointer=t.saver())
    config = t.thread()
    first = list(pair.stream({"x": 0}, config, stream_mode="tasks"))
    t.record("pair: sent off", first[:2])
    t.record("pair: ends", sorted(first[2:], key=lambda chunk: chunk["name"]))
    t.record("pair: resumed", list(pair.stream(Command(resume="r"), config, stream_mode=["updates", "tasks"])))
    quiet = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()
    t.record("no checkpointer", list(quiet.stream({"x": 0}, stream_mode="tasks")))
