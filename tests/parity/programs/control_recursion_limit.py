"""control: Loops, recursion limit

`recursion_limit` counts supersteps: n steps need n + 1, what ran before the error was streamed and stored; less than 1
is a ValueError; the thread can be continued with a higher limit.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def chain(checkpointer=None):
    builder = StateGraph(State)
    builder.add_sequence([(name, lambda state, name=name: {"log": [name]}) for name in ("a", "b", "c")])
    return builder.add_edge(START, "a").compile(checkpointer=checkpointer)


def endless():
    return (
        StateGraph(State)
        .add_node("loop", lambda state: {"log": ["x"]})
        .add_edge(START, "loop")
        .add_edge("loop", "loop")
        .compile()
    )


def main(t):
    app = chain()
    t.record("just enough", app.invoke({"log": []}, {"recursion_limit": 4}))
    for limit in (3, 2, 1):
        seen = []
        with t.raises(f"limit {limit}", culprit=[str(limit), "recursion_limit"]):
            for chunk in app.stream({"log": []}, {"recursion_limit": limit}, stream_mode=["values", "updates"]):
                seen.append(chunk)
        t.chunks(f"limit {limit}, chunks", seen)
    with t.raises("limit 2, async"):
        asyncio.run(app.ainvoke({"log": []}, {"recursion_limit": 2}))
    for limit in (0, -1):
        with t.raises(f"limit {limit}", culprit=["recursion_limit"]):
            app.invoke({"log": []}, {"recursion_limit": limit})
    with t.raises("endless", culprit=["50"]):
        endless().invoke({"log": []}, {"recursion_limit": 50})
    with t.raises("endless, with_config"):
        endless().with_config(recursion_limit=20).invoke({"log": []})
    kept, thread = chain(t.saver()), t.thread()
    with t.raises("on a thread"):
        kept.invoke({"log": []}, {**thread, "recursion_limit": 2})
    t.snapshot("stopped", kept.get_state(thread))
    t.record("continued", kept.invoke(None, thread))
    t.record(
        "steps",
        [(snap.metadata["source"], snap.metadata["step"], snap.next) for snap in kept.get_state_history(thread)],
    )
