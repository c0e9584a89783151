"""hitl: In subgraphs

A sub-graph that asks, as a node and called in a node: the calling node starts again, the sub-graph goes on at its own paused node, its
finished nodes are not run again. Two questions in a row, sync and async, memory and SQLite.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def main(t):
    ran = []

    def notes(name):
        def node(state):
            ran.append(name)
            return {"log": [name]}

        return name, node

    def ask(state):
        ran.append("ask")
        return {"log": [interrupt("one?"), interrupt({"two?": state["log"]})]}

    inner = chain(notes("before"), ("ask", ask), notes("after"))

    def calls(state):
        ran.append("calls")
        return {"log": inner.invoke({"log": ["in"]})["log"]}

    async def acalls(state):
        ran.append("calls")
        return {"log": (await inner.ainvoke({"log": ["in"]}))["log"]}

    def drive(label, app, run):
        config = t.thread()
        for step in ({"x": 1, "log": []}, Command(resume="A"), Command(resume="B")):
            chunks = run(app, step, config)
            t.record(f"{label}: {step if isinstance(step, dict) else step.resume}", [chunks, list(ran)])
            ran.clear()
        t.history(f"{label}: history", app.get_state_history(config))

    def stream(app, step, config):
        return list(app.stream(step, config, stream_mode=["updates", "values"]))

    def astream(app, step, config):
        async def run():
            return [chunk async for chunk in app.astream(step, config, stream_mode=["updates", "values"])]

        return asyncio.run(run())

    for name, node in [("node", inner), ("called", calls), ("acalled", acalls)]:
        drive(f"{name}, memory", chain(notes("first"), ("sub", node), notes("last"), checkpointer=t.saver()), astream)
        with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
            if name != "acalled":
                drive(
                    f"{name}, sqlite", chain(notes("first"), ("sub", node), notes("last"), checkpointer=saver), stream
                )
