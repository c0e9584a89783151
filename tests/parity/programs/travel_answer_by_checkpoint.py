"""travel: Replay
hitl: Resume

The paused snapshot's own config may be used to answer it; `None` with it is a replay, which asks anew.
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
    builder.add_node("last", lambda state: {"log": ["last"]})
    builder.add_edge(START, "ask")
    builder.add_edge("ask", "last")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"log": []}, config)
    t.record("answered", app.invoke(Command(resume="yes"), app.get_state(config).config))
    t.history("history", app.get_state_history(config))
    config = t.thread()
    app.invoke({"log": []}, config)
    t.record("replayed", app.invoke(None, app.get_state(config).config))
    t.history("replayed history", app.get_state_history(config))
    t.record("then answered", app.invoke(Command(resume="no"), config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"log": []}, config)
    t.record("async answered", await app.ainvoke(Command(resume="yes"), (await app.aget_state(config)).config))
    t.history("async history", [item async for item in app.aget_state_history(config)])
