"""hitl: Resume; persist: get_state while paused or failed

A node that fails after its question was answered: there the snapshot still shows the question as open; here it is
answered, and only the error is left. Deliberate: docs/decisions/0005.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: str


def main(t):
    broken = [True]

    def node(state):
        answer = interrupt("go on?")
        if broken.pop():
            raise ValueError("not yet")
        return {"x": answer}

    app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile(checkpointer=t.saver())
    thread = t.thread()
    app.invoke({"x": ""}, thread)
    with t.raises("fails"):
        app.invoke(Command(resume="yes"), thread)
    snapshot = app.get_state(thread)
    t.record("next", snapshot.next)
    t.record("open", [question.value for question in snapshot.interrupts])
    broken.append(False)
    t.record("the answer counts", app.invoke(None, thread))
