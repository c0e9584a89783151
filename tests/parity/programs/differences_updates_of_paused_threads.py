"""hitl: Resume with update; persist: Fault recovery

A command that does not fit the state, on a paused thread: there it is stored, and the thread cannot be read any more;
here it is refused and the thread stays as it was. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: str


def main(t):
    app = StateGraph(State).add_node("n", lambda state: {"x": interrupt("?")}).add_edge(START, "n")
    app = app.compile(checkpointer=t.saver())
    thread = t.thread()
    app.invoke({"x": ""}, thread)
    with t.raises("two values"):
        app.invoke(Command(update=[("x", "a"), ("x", "b")]), thread)
    for label, call in (
        ("read", lambda: app.get_state(thread).values),
        ("answered", lambda: app.invoke(Command(resume="y"), thread)),
    ):
        try:
            t.record(label, call())
        except Exception as error:
            t.record(label, type(error).__name__)
