"""exec: Config keys; subgraph: Called in a node

A graph that is called inside a tool or a runnable, in a node or outside of any graph, is a part of that: it has its
callbacks, tags, metadata and configurable values, with the config passed on or not.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import tool
from tests.parity.listener import Listener


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def leaf(state, config):
    return {"log": [config["configurable"].get("colour", "none"), *sorted(config.get("tags", []))]}


inner = StateGraph(State).add_node("leaf", leaf).add_edge(START, "leaf").compile(name="inner")


@tool
def implicit(q: str) -> str:
    """Call it."""
    return str(inner.invoke({"x": 1})["log"])


@tool
def explicit(q: str, config: RunnableConfig) -> str:
    """Call it."""
    return str(inner.invoke({"x": 1}, config)["log"])


@tool
async def awaited(q: str) -> str:
    """Call it."""
    return str((await inner.ainvoke({"x": 1}))["log"])


def calls(state):
    return {"log": inner.invoke({"x": 1})["log"]}


def passes_on(state, config):
    return {"log": inner.invoke({"x": 1}, config)["log"]}


def main(t):
    def heard(label, node, **config):
        listener = Listener(metadata=True)
        app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()
        t.record(label, app.invoke({"x": 1}, {**config, "callbacks": [listener]}))
        t.record(f"{label}: heard", listener.heard)
        t.record(f"{label}: unheard", app.invoke({"x": 1}, config))

    heard("tool", lambda state: {"log": [implicit.invoke({"q": "1"})]}, tags=["T"])
    heard("tool with config", lambda state: {"log": [explicit.invoke({"q": "1"})]}, tags=["T"])
    heard("tool, passed on", lambda state, config: {"log": [explicit.invoke({"q": "1"}, config)]}, tags=["T"])
    bound = RunnableLambda(calls).with_config(tags=["mine"], metadata={"of": "mine"}, configurable={"colour": "red"})
    heard("runnable", bound, tags=["T"])
    heard("runnable, passed on", RunnableLambda(passes_on).with_config(tags=["mine"]), tags=["T"])
    heard("sequence", RunnableLambda(lambda state: state) | RunnableLambda(calls))
    heard("chain", lambda state: {"log": (RunnableLambda(lambda x: {"x": x}) | inner).invoke(1)["log"]})
    heard("callbacks of its own", lambda state: inner.invoke({"x": 1}, {"callbacks": []}))

    async def uses(state):
        return {"log": [await awaited.ainvoke({"q": "1"})]}

    listener = Listener(metadata=True)
    app = StateGraph(State).add_node("n", uses).add_edge(START, "n").compile()
    t.record("async tool", asyncio.run(app.ainvoke({"x": 1}, {"callbacks": [listener], "tags": ["T"]})))
    t.record("async tool: heard", listener.heard)
    listener = Listener(metadata=True)
    config = {"callbacks": [listener], "tags": ["o"], "metadata": {"m": 3}, "configurable": {"colour": "blue"}}
    t.record("outside", RunnableLambda(calls).invoke({"x": 1}, config))
    t.record("outside: heard", listener.heard)
