"""durability: Modes
persist: Fault recovery

Under `exit` a failed run is stored with its error, and `None` goes on at the failed node.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, broken):
    def shaky(state):
        if broken:
            raise ValueError(broken.pop())
        return {"log": ["shaky"]}

    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("shaky", shaky)
    builder.add_edge(START, "first")
    builder.add_edge("first", "shaky")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver(), ["once"])
    config = t.thread()
    with t.raises("failure", culprit=["once"]):
        app.invoke({"log": ["in"]}, config, durability="exit")
    t.history("history", app.get_state_history(config))
    t.record("recovered", app.invoke(None, config, durability="exit"))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), ["once"])
    config = t.thread()
    with t.raises("async failure"):
        await app.ainvoke({"log": ["in"]}, config, durability="exit")
    t.snapshot("async failed", await app.aget_state(config))
    t.record("async recovered", await app.ainvoke(None, config, durability="exit"))
