"""state: Channels

A `DeltaChannel` with a saver: values at every checkpoint, replay, fork, update_state and Overwrite, whatever the snapshot frequency.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.channels import DeltaChannel
from actograph.graph import END, START, StateGraph
from actograph.types import Overwrite


def collect(value, writes):
    return value + [item for write in writes for item in write]


def shown(snapshots):
    return [
        (s.values, s.next, s.metadata["source"], s.metadata["step"], [(task.name, task.result) for task in s.tasks])
        for s in snapshots
    ]


def main(t):
    for frequency in (1, 2, 100):
        log = Annotated[list, DeltaChannel(collect, snapshot_frequency=frequency)]
        State = TypedDict("State", {"log": log, "turn": int})
        builder = StateGraph(State)
        builder.add_node("a", lambda state: {"log": [f"a{len(state['log'])}"], "turn": len(state["log"])})
        builder.add_node("b", lambda state: {"log": ["b"]})
        builder.add_node("c", lambda state: {"turn": -1})
        builder.add_edge(START, "a").add_edge("a", "b").add_edge("a", "c").add_edge("b", END)
        app = builder.compile(checkpointer=t.saver())
        thread = t.thread()
        t.record(f"{frequency}: first", app.invoke({"log": ["x"], "turn": 0}, thread))
        t.record(f"{frequency}: second", app.invoke({"log": ["y"]}, thread))
        t.record(f"{frequency}: history", shown(app.get_state_history(thread)))
        past = [s for s in app.get_state_history(thread) if s.next == ("a",)][-1]
        t.record(f"{frequency}: replay", app.invoke(None, past.config))
        fork = app.update_state(past.config, {"log": ["forked"]}, as_node="a")
        t.record(f"{frequency}: fork", app.get_state(fork).values)
        t.record(f"{frequency}: on from the fork", app.invoke(None, fork))
        app.update_state(thread, {"log": Overwrite(["only"])}, as_node="b")
        t.record(f"{frequency}: overwritten", app.get_state(thread).values)
        t.record(f"{frequency}: third", app.invoke({"log": ["z"]}, thread))
        t.record(f"{frequency}: whole history", shown(app.get_state_history(thread)))
