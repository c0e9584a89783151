"""stream: tasks

The start of a task has an entry `metadata` if the caller or the node gave some, with the tags as one key of it.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    builder = StateGraph(State).add_node("a", lambda state: {"x": 1}, metadata={"owner": "me"})
    builder = builder.add_node("b", lambda state: {"x": 2}).add_edge(START, "a").add_edge("a", "b")
    app = builder.compile(checkpointer=t.saver())

    def starts(app, config):
        return [chunk for chunk in app.stream({"x": 0}, config, stream_mode="tasks") if "input" in chunk]

    t.record("none given", starts(app, t.thread(user="u")))
    t.record("metadata", starts(app, {**t.thread(), "metadata": {"m": 1, "deep": {"k": [1]}}}))
    t.record("tags", starts(app, {**t.thread(), "tags": ["one", "two"], "run_name": "named"}))
    bound = app.with_config(metadata={"bound": True}, tags=["bound"])
    t.record("bound", starts(bound, {**t.thread(), "metadata": {"m": 1}, "tags": ["given"]}))
