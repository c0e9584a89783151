"""state: Channels

How a `DeltaChannel` is stored: LangGraph keeps the writes, counts them in the metadata and leaves the value out of
the checkpoint; here every checkpoint has the value, stored as what was added to it.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.channels import DeltaChannel
from actograph.graph import START, StateGraph


def collect(value, writes):
    return value + [item for write in writes for item in write]


class State(TypedDict):
    log: Annotated[list, DeltaChannel(collect)]


def main(t):
    app = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_edge(START, "a")
    saver = t.saver()
    app = app.compile(checkpointer=saver)
    thread = t.thread()
    app.invoke({"log": ["in"]}, thread)
    t.record("values", app.get_state(thread).values)
    t.record("metadata", sorted(app.get_state(thread).metadata))
    t.record("in the checkpoint", "log" in saver.get_tuple(thread).checkpoint["channel_values"])
