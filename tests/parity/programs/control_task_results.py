"""control: List of commands; persist: PregelTask; stream: updates

How a task that wrote nothing, once, or one key several times shows: in the updates chunk, and as `result` of its task
in the history.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: int
    y: int
    log: Annotated[list[str], operator.add]


RESULTS = {
    "nothing": None,
    "unknown key": {"q": 1},
    "empty command": Command(),
    "one update": {"y": 1, "x": 2},
    "apart": [Command(update={"log": ["a"]}), {"x": 1}],
    "twice": [Command(update={"log": ["a"], "x": 1}), {"log": ["b"]}, {"y": 2}],
    "three times": [Command(update={"log": ["a"]}), Command(update={"log": ["b"]}), {"log": ["c"]}],
}


def main(t):
    for label, result in RESULTS.items():
        app = (
            StateGraph(State)
            .add_node("n", lambda state, result=result: result)
            .add_edge(START, "n")
            .compile(checkpointer=t.saver())
        )
        thread = t.thread()
        t.chunks(f"{label}, chunks", app.stream({"x": 0}, thread))
        t.record(f"{label}, results", [task.result for snap in app.get_state_history(thread) for task in snap.tasks])
        empty = t.thread()
        app.invoke({}, empty)
        t.record(f"{label}, empty input", [task.result for snap in app.get_state_history(empty) for task in snap.tasks])
