"""control: Super-step is a transaction; travel: update_state

`update_state` on a thread whose superstep is half done starts from the last committed state: what finished siblings
had written is not in it, and without `as_node` the update counts as the last writer's.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State).add_node("asks", lambda state: {"log": [interrupt("?")]})
    builder.add_node("done", lambda state: {"log": ["done"]}).add_node("after", lambda state: {"log": ["after"]})
    return builder.add_edge(START, "asks").add_edge(START, "done").add_edge("asks", "after").compile(checkpointer=saver)


def main(t):
    for as_node in (None, "asks", "done", "after"):
        app, thread = graph(t.saver()), t.thread()
        t.record(f"{as_node}: paused", app.invoke({"log": ["in"]}, thread))
        app.update_state(thread, {"log": ["update"]}, as_node=as_node)
        state = app.get_state(thread)
        t.record(f"{as_node}: updated", [state.values, state.next])
        t.record(f"{as_node}: goes on", app.invoke(None, thread))

    async def go():
        app, thread = graph(t.saver()), t.thread()
        await app.ainvoke({"log": ["in"]}, thread)
        await app.aupdate_state(thread, {"log": ["update"]}, as_node="asks")
        return await app.ainvoke(None, thread)

    t.record("async", asyncio.run(go()))
