"""errors: Node error handler

An error handler that has ended while a sibling asks: there it runs again on resume, though its result is stored; here
a handler that has ended is done, as any task. Deliberate: docs/decisions/0009.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def bad(state):
        raise ValueError("bad")

    def handler(state, error: NodeError):
        calls.append(error.node)
        return {"log": ["handled"]}

    builder = StateGraph(State).add_node("bad", bad, error_handler=handler)
    builder.add_node("asks", lambda state: {"log": [interrupt("?")]})
    app = builder.add_edge(START, "bad").add_edge(START, "asks").compile(checkpointer=t.saver())
    thread = t.thread()
    app.invoke({"log": []}, thread)
    t.record("ran before the pause", list(calls))
    t.record("end", sorted(app.invoke(Command(resume="yes"), thread)["log"]))
    t.record("ran in all", list(calls))
