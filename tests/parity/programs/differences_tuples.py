"""persist: Serializer

Tuples in the state of a thread: there they come back as lists; here as tuples. Deliberate: docs/decisions/0006.
"""

from __future__ import annotations

from typing import Any, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    pair: tuple[int, str]
    any: Any


def main(t):
    app = StateGraph(State).add_node("n", lambda state: {"any": [(2, "b")]}).add_edge(START, "n")
    app = app.compile(checkpointer=t.saver())
    thread = t.thread()
    t.record("result", app.invoke({"pair": (1, "a")}, thread))
    t.record("stored", app.get_state(thread).values)
    t.record("of the task", [task.result for one in app.get_state_history(thread) for task in one.tasks])
