"""hitl: interrupt
travel: update_state

`update_state` on a paused thread makes a new checkpoint: the question is gone from the snapshot, the node asks again
under a new id, or is answered at once; written as the asking node, the run goes on behind it.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def ask(state):
    answer = interrupt("x?")
    return {"x": answer, "log": [f"ask {state['x']} {answer}"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("ask", ask)
    builder.add_node("last", lambda state: {"log": ["last"]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "ask")
    builder.add_edge("ask", "last")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    old = app.invoke({"x": 1}, config)["__interrupt__"][0]
    app.update_state(config, {"x": 2, "log": ["edited"]})
    t.snapshot("edited", app.get_state(config))
    repeated = app.invoke(None, config)
    t.record("asked again", repeated)
    assert repeated["__interrupt__"][0].id != old.id
    t.record("answered", app.invoke(Command(resume=5), config))
    t.history("history", app.get_state_history(config))

    config = t.thread()
    app.invoke({"x": 1}, config)
    app.update_state(config, {"x": 2})
    t.record("answered at once", app.invoke(Command(resume=6), config))

    config = t.thread()
    app.invoke({"x": 1}, config)
    app.update_state(config, {"x": 3, "log": ["in place of ask"]}, as_node="ask")
    t.snapshot("as the asking node", app.get_state(config))
    t.chunks("behind it", app.stream(None, config, stream_mode="updates"))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.aupdate_state(config, {"x": 2, "log": ["edited"]})
    t.snapshot("async edited", await app.aget_state(config))
    t.record("async answered", await app.ainvoke(Command(resume=5), config))
    t.history("async history", [item async for item in app.aget_state_history(config)])
