"""exec: Run methods

A node runs another compiled graph, sync in sync and async in async: only its result counts, its own config does not
leak, three levels deep.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    depth: int
    log: Annotated[list[str], operator.add]


def nest(inner, name):
    def node(state, config):
        below = inner.invoke({"depth": state["depth"] + 1, "log": []})["log"] if inner else []
        return {"log": [f"{name} at {state['depth']} as {config['metadata']['langgraph_node']}", *below]}

    return StateGraph(State).add_node(name, node).add_edge(START, name).compile()


def anest(inner, name):
    async def node(state, config):
        below = (await inner.ainvoke({"depth": state["depth"] + 1, "log": []}))["log"] if inner else []
        return {"log": [f"{name} at {state['depth']} as {config['metadata']['langgraph_node']}", *below]}

    return StateGraph(State).add_node(name, node).add_edge(START, name).compile()


def main(t):
    app = nest(nest(nest(None, "leaf"), "middle"), "top")
    t.record("invoke", app.invoke({"depth": 0}))
    t.chunks("updates", app.stream({"depth": 0}, stream_mode=["values", "updates"]))
    anapp = anest(anest(anest(None, "leaf"), "middle"), "top")
    t.record("ainvoke", asyncio.run(anapp.ainvoke({"depth": 0})))
    t.record("sync under ainvoke", asyncio.run(app.ainvoke({"depth": 0})))
