"""hitl: interrupt
control: Loops, recursion limit

A cycle that asks in every round: each question is on its own checkpoint and has its own id.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    total: int
    log: Annotated[list[str], operator.add]


def ask(state):
    return {"total": state["total"] + interrupt(f"{state['total']} so far, add?")}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_node("note", lambda state: {"log": [str(state["total"])]})
    builder.add_edge(START, "ask")
    builder.add_edge("ask", "note")
    builder.add_conditional_edges("note", lambda state: END if state["total"] >= 10 else "ask")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    ids = []
    paused = app.invoke({"total": 0}, config)
    while "__interrupt__" in paused:
        t.record(f"pause {len(ids)}", paused)
        ids.append(paused["__interrupt__"][0].id)
        paused = app.invoke(Command(resume=4), config)
    assert len(set(ids)) == 3
    t.history("history", app.get_state_history(config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    for number in range(4):
        stream = app.astream({"total": 0} if number == 0 else Command(resume=4), config, stream_mode="updates")
        t.chunks(f"async {number}", [chunk async for chunk in stream])
