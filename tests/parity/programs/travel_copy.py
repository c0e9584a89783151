"""travel: Special as_node

`as_node="__copy__"` copies a checkpoint: a fork with the same values and the same nodes to run, alone or with updates.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import StateUpdate


class State(TypedDict, total=False):
    n: int
    log: Annotated[list[str], operator.add]


def seen(snapshot):
    # The parent of a copy is the checkpoint it copies here, and that one's parent there.
    return [snapshot.values, snapshot.next, snapshot.metadata, [task.name for task in snapshot.tasks]]


def main(t):
    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"log": ["a"]})
    builder.add_node("b", lambda state: {"log": ["b"]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    app, config = builder.compile(checkpointer=t.saver()), t.thread()
    app.invoke({"log": []}, config)
    for index, snapshot in enumerate(list(app.get_state_history(config))):
        app.update_state(snapshot.config, None, as_node="__copy__")
        t.record(f"copy of {index}", seen(app.get_state(config)))
        t.record(f"run of {index}", app.invoke(None, config))
    first = [snapshot for snapshot in app.get_state_history(config) if snapshot.next == ("b",)][-1]
    app.update_state(first.config, [({"n": 2}, "a")], as_node="__copy__")
    t.record("with an update", seen(app.get_state(config)))
    app.bulk_update_state(first.config, [[StateUpdate(None, "__copy__")], [StateUpdate({"n": 5}, "b")]])
    t.record("in bulk", seen(app.get_state(config)))
    t.record("forks", [found.metadata["step"] for found in app.get_state_history(config, filter={"source": "fork"})])
    with t.raises("beside another", culprit=["__copy__"]):
        app.bulk_update_state(first.config, [[StateUpdate(None, "__copy__"), StateUpdate({"n": 5}, "a")]])
    with t.raises("of nothing", culprit=["__copy__"]):
        app.update_state(t.thread(), None, as_node="__copy__")
