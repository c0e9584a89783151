"""hitl: Resume with update

`Command(update=)` without an answer on a paused thread: the state changes in place, the node asks again under the
same id.
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
    before = app.invoke({"x": 1}, config)
    t.chunks("updated", app.stream(Command(update={"x": 50}), config, stream_mode=["values", "updates"]))
    after = app.get_state(config)
    assert after.interrupts[0].id == before["__interrupt__"][0].id
    t.snapshot("snapshot", after)
    t.record("resumed", app.invoke(Command(resume=2), config))
    t.history("history", app.get_state_history(config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    t.record("async updated", await app.ainvoke(Command(update={"x": 50, "log": ["u"]}), config))
    t.snapshot("async snapshot", await app.aget_state(config))
    t.record("async resumed", await app.ainvoke(Command(resume=2), config))
