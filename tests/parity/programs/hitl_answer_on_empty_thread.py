"""hitl: Resume

An answer on a thread that never ran counts as an empty input: the graph starts and asks.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("ask", lambda state: {"log": [interrupt("?")]})
    builder.add_edge(START, "ask")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    t.record("started", app.invoke(Command(resume="early"), config))
    t.history("history", app.get_state_history(config))
    t.record("answered", app.invoke(Command(resume="late"), config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    t.record("async started", await app.ainvoke(Command(resume="early"), config))
    t.record("async answered", await app.ainvoke(Command(resume="late"), config))
