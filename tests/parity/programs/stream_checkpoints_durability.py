"""stream: checkpoints

The checkpoints of a stream are the same under every durability, but for their parents: at "exit" only the last is stored, and
all follow what was stored before the run (of which LangGraph tells the parent instead, on a thread that has a past).
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    app = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("b", lambda state: {"log": ["b"]})
    app = app.add_edge(START, "a").add_edge("a", "b").compile(checkpointer=t.saver())
    for durability in ("sync", "async", "exit"):
        config = t.thread()
        for turn in ("first", "second"):
            chunks = app.stream({"x": 0}, config, stream_mode=["checkpoints", "debug"], durability=durability)
            shown = [chunk for mode, chunk in chunks if mode == "checkpoints"]
            if (durability, turn) == ("exit", "second"):
                shown = [{key: value for key, value in chunk.items() if key != "parent_config"} for chunk in shown]
            t.record(f"{durability}: {turn}", shown)
