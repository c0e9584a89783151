"""control: Deferred node

`defer=True`: the node runs once, when branches of unequal length have all ended; also behind a join, in a loop, and after a pause.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    round: int
    log: Annotated[list[str], operator.add]


def noting(name):
    return lambda state: {"log": [name]}


def branches(join):
    builder = StateGraph(State)
    for name in ("short", "long", "longer"):
        builder.add_node(name, noting(name))
    builder.add_node("last", lambda state: {"log": [f"last after {len(state['log'])}"]}, defer=True)
    builder.add_edge(START, "short").add_edge(START, "long").add_edge("long", "longer")
    if join:
        builder.add_edge(["short", "long"], "last")
    else:
        builder.add_edge("short", "last").add_edge("longer", "last")
    return builder.add_edge("last", END)


def main(t):
    for join in (False, True):
        app = branches(join).compile(checkpointer=t.saver())
        chunks = app.stream({"log": []}, t.thread(), stream_mode=["values", "updates"])
        t.chunks(f"join {join}", chunks, parallel=[("short", "long")])
        config = t.thread()
        t.record(f"join {join} async", asyncio.run(app.ainvoke({"log": []}, config)))
        t.history(f"join {join} history", app.get_state_history(config))

    looping = StateGraph(State)
    looping.add_node("work", lambda state: {"log": [f"work {state['round']}"]})
    looping.add_node("more", noting("more"))
    looping.add_node("last", lambda state: {"round": state["round"] + 1, "log": ["last"]}, defer=True)
    looping.add_edge(START, "work").add_edge("work", "more").add_edge("work", "last").add_edge("more", "last")
    looping.add_conditional_edges("last", lambda state: "work" if state["round"] < 3 else END, ["work", END])
    t.record("loop", looping.compile().invoke({"round": 0, "log": []}))

    paused = StateGraph(State)
    paused.add_node("asks", lambda state: {"log": [interrupt("?")]})
    paused.add_node("other", noting("other"))
    paused.add_node("last", noting("last"), defer=True)
    paused.add_edge(START, "asks").add_edge(START, "other").add_edge("other", "last").add_edge("asks", "last")
    app, config = paused.compile(checkpointer=t.saver()), t.thread()
    t.record("paused", app.invoke({"log": []}, config))
    t.record("resumed", app.invoke(Command(resume="yes"), config))
