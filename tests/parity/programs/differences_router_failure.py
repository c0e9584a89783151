"""build: Conditional edge; persist: get_state while paused or failed

The snapshot after a router failed: there the node counts as done and as failed at once, and nothing is next; here the
node is next. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    broken = [True]

    def router(state):
        if broken.pop():
            raise ValueError("no way")
        return "b"

    builder = StateGraph(State).add_node("a", lambda state: {"x": 1}).add_node("b", lambda state: {"x": 2})
    app = builder.add_edge(START, "a").add_conditional_edges("a", router, ["b"]).compile(checkpointer=t.saver())
    thread = t.thread()
    with t.raises("first"):
        app.invoke({"x": 0}, thread)
    snapshot = app.get_state(thread)
    t.record("snapshot", [snapshot.next, [[task.name, bool(task.error), task.result] for task in snapshot.tasks]])
    broken.append(False)
    t.record("going on", app.invoke(None, thread))
