"""stream: checkpoints; durability: Modes

`durability="exit"` on a thread that has a past: the parents that streamed checkpoints name. There the first of the
run names none; here the checkpoint it follows. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    app = StateGraph(State).add_node("n", lambda state: {"x": 1}).add_edge(START, "n").compile(checkpointer=t.saver())
    thread = t.thread()
    app.invoke({"x": 0}, thread)
    ids = [app.get_state(thread).config["configurable"]["checkpoint_id"]]
    follows = []
    for chunk in app.stream({"x": 0}, thread, stream_mode="checkpoints", durability="exit"):
        parent = (chunk["parent_config"] or {"configurable": {"checkpoint_id": None}})["configurable"]["checkpoint_id"]
        follows.append(ids.index(parent) if parent in ids else "unknown")
        ids.append(chunk["config"]["configurable"]["checkpoint_id"])
    t.record("each follows", follows)
