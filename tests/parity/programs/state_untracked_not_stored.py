"""state: Channels

What a task writes to an `UntrackedValue` is stored nowhere: not in checkpoints, not beside a pause. A task that wrote nothing else runs
again.
"""

from __future__ import annotations

import operator
from typing import Annotated

from typing_extensions import TypedDict

from actograph.channels import UntrackedValue
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict):
    log: Annotated[list, operator.add]
    secret: Annotated[str, UntrackedValue]


def asks(state):
    return {"log": [interrupt("?")]}


def run(t, label, name):
    ran = []

    def both(state):
        ran.append("both")
        return {"secret": "s", "log": ["both"]}

    def alone(state):
        ran.append("alone")
        return {"secret": "s"}

    def last(state):
        ran.append(["last", state.get("secret")])
        return {}

    builder = StateGraph(State).add_node("asks", asks).add_node("last", last).add_edge(START, "asks")
    builder.add_node(name, both if name == "both" else alone).add_edge(START, name).add_edge([name, "asks"], "last")
    saver = t.saver()
    app, config = builder.compile(checkpointer=saver), t.thread()
    t.record(f"{label}: paused", app.invoke({"log": []}, config))
    t.snapshot(f"{label}: state", app.get_state(config))
    stored = {key for _, key, _ in saver.get_tuple(config).pending_writes}
    t.record(f"{label}: stored", sorted(stored & {"log", "secret"}))
    assert "secret" not in stored
    t.record(f"{label}: answered", app.invoke(Command(resume="yes"), config))
    t.history(f"{label}: history", app.get_state_history(config))
    t.record(f"{label}: ran", ran)


def main(t):
    run(t, "with another key", "both")
    run(t, "alone", "alone")
