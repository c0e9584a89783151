"""errors: Node error handler

What a handler is given when it runs in a later process than its node failed in: there `error.error` is a string; here
it is an exception still, with the stored text. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    seen: str


def main(t):
    kinds = []

    def bad(state):
        raise ValueError("out of paper")

    def handler(state, error: NodeError):
        kinds.append(isinstance(error.error, Exception))
        t.record(f"text {len(kinds)}", "out of paper" in str(error.error))
        return {"seen": interrupt("?")}

    def graph():
        return StateGraph(State).add_node("bad", bad, error_handler=handler).add_edge(START, "bad").compile(saver)

    saver, thread = t.saver(), t.thread()
    graph().invoke({"seen": ""}, thread)
    t.record("end", graph().invoke(Command(resume="yes"), thread))
    t.record("is an exception", kinds)
