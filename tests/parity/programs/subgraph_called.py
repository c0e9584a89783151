"""subgraph: Called in a node

A node translates state for a graph that it calls, sync and async, under invoke and ainvoke; what that stored is under the node's task.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


class Inner(TypedDict, total=False):
    text: str
    seen: Annotated[list[str], operator.add]


def inner():
    builder = StateGraph(Inner)
    builder.add_node("upper", lambda state: {"text": state["text"].upper(), "seen": ["upper"]})
    builder.add_node("twice", lambda state: {"text": state["text"] * 2, "seen": ["twice"]})
    return builder.add_edge(START, "upper").add_edge("upper", "twice").compile()


def main(t):
    graph = inner()

    def calls(state):
        found = graph.invoke({"text": f"x{state['x']}"})
        return {"log": [found["text"], *found["seen"]]}

    async def acalls(state):
        found = await graph.ainvoke({"text": f"x{state['x']}"})
        return {"log": [found["text"], *found["seen"]]}

    async def streams(state):
        return {"log": [f"{chunk}" async for chunk in graph.astream({"text": f"x{state['x']}"}, stream_mode="updates")]}

    for name, node in [("sync", calls), ("async", acalls), ("stream", streams)]:
        saver, config = t.saver(), t.thread()
        app = chain(says("first"), ("sub", node), says("last"), checkpointer=saver)
        t.record(f"{name}: result", asyncio.run(app.ainvoke({"x": 1}, config)))
        t.record(f"{name}: stored", [(found.config, found.metadata) for found in saver.list(config)])
        t.history(f"{name}: history", app.get_state_history(config))
    saver, config = t.saver(), t.thread()
    app = chain(says("first"), ("sub", calls), says("last"), checkpointer=saver)
    t.record("invoke: result", app.invoke({"x": 1}, config))
    t.record("invoke: stored", [(found.config, found.metadata) for found in saver.list(config)])
