"""state: Input rules [obs]

`None` with nothing to continue raises EmptyInputError and stores nothing; `{}` and unknown keys run the graph; a
non-dict is refused; unknown keys in a node's return are dropped.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State)
    builder.add_node("n", lambda state: {"log": [f"n saw {sorted(state)}"], "unknown": 1}).add_edge(START, "n")
    app = builder.compile()
    kept = builder.compile(checkpointer=t.saver())
    thread = t.thread()
    with t.raises("none"):
        app.invoke(None)
    with t.raises("none, async"):
        asyncio.run(app.ainvoke(None))
    with t.raises("none, empty thread"):
        kept.invoke(None, thread)
    t.snapshot("nothing stored", kept.get_state(thread))
    t.record("empty", app.invoke({}))
    t.chunks("empty, chunks", app.stream({}, stream_mode=["values", "updates"]))
    t.record("unknown key", app.invoke({"zzz": 1}))
    t.chunks("unknown key, chunks", app.stream({"zzz": 1, "x": 1}, stream_mode=["values", "updates"]))
    for wrong in ("text", 5, [("x", 1)]):
        with t.raises(f"input {wrong!r}", culprit=["dict", type(wrong).__name__]):
            app.invoke(wrong)
    t.record("empty on a thread", kept.invoke({}, thread))
    t.record("none on a finished thread", kept.invoke(None, thread))
    t.chunks("none on a finished thread, chunks", kept.stream(None, thread, stream_mode=["values", "updates"]))
    t.record("history length", len(list(kept.get_state_history(thread))))
    t.record("empty again", kept.invoke({}, thread))
