"""durability: Tasks in nodes

Tasks called in a graph's nodes are saved: a node that is run again after a question, or a failure, does not repeat them.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.func import task
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    answer: str


def main(t):
    log = []
    broken = {"is": True}

    @task
    def charge(amount):
        log.append(f"charge {amount}")
        return amount * 2

    def pay(state):
        log.append("pay")
        paid = charge(state["x"]).result()
        return {"x": paid, "answer": interrupt(f"paid {paid}?")}

    async def apay(state):
        log.append("apay")
        paid = await charge(state["x"])
        if broken["is"]:
            raise ValueError("printer")
        return {"x": paid}

    app = graph(pay, t.saver())
    config = t.thread()
    t.record("paused", list(app.stream({"x": 1}, config, stream_mode=["updates", "values"])))
    t.snapshot("state", app.get_state(config))
    t.record("resumed", list(app.stream(Command(resume="ok"), config, stream_mode=["updates", "values"])))
    t.history("history", app.get_state_history(config))
    t.record("log", log[:])
    log.clear()
    asyncio.run(fails(t, graph(apay, t.saver()), broken))
    t.record("async log", log)


async def fails(t, app, broken):
    config = t.thread()
    with t.raises("fails", culprit=["printer"]):
        await app.ainvoke({"x": 5}, config)
    broken["is"] = False
    t.record("goes on", [chunk async for chunk in app.astream(None, config, stream_mode=["updates", "values"])])


def graph(node, saver):
    builder = StateGraph(State)
    builder.add_node("pay", node)
    builder.add_edge(START, "pay")
    return builder.compile(checkpointer=saver)
