"""stream: Several modes

A stream mode or a durability that does not exist: there nothing is streamed, and the mode is as if it were none; here
it is refused.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    app = StateGraph(State).add_node("n", lambda state: {"x": 1}).add_edge(START, "n").compile(checkpointer=t.saver())

    def outcome(**options):
        try:
            return list(app.stream({"x": 0}, t.thread(), **options))
        except Exception as error:
            return type(error).__name__

    t.record("mode", outcome(stream_mode="dreams"))
    t.record("durability", outcome(stream_mode="updates", durability="often"))
