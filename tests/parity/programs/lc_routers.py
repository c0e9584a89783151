"""build: Conditional edge

Routers may be runnables, sync and async; callbacks hear of them below their node, and of what they call.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from langchain_core.runnables import RunnableLambda
from tests.parity.listener import Listener, model


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


chat = model("b")


def ask_model(state):
    return chat.invoke("where to?").content


async def aask_model(state):
    return (await chat.ainvoke("where to?")).content


def to_b(state, config):
    return "b" if config["metadata"]["langgraph_node"] == "a" else END


def main(t):
    routers = {
        "function": ask_model,
        "async function": aask_model,
        "lambda": RunnableLambda(to_b),
        "sequence": RunnableLambda(lambda state: "b") | RunnableLambda(lambda name: [name]),
        "bound": RunnableLambda(to_b).with_config(run_name="mine", tags=["own"]),
    }
    for name, router in routers.items():
        builder = (
            StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("b", lambda state: {"log": ["b"]})
        )
        app = builder.add_edge(START, "a").add_conditional_edges("a", router, {"b": "b", END: END}).compile()
        if name != "async function":
            listener = Listener()
            t.record(f"{name}: sync", app.invoke({"x": 1}, {"callbacks": [listener], "tags": ["T"]}))
            t.record(f"{name}: heard", listener.heard)
        listener = Listener()
        t.record(f"{name}: async", asyncio.run(app.ainvoke({"x": 1}, {"callbacks": [listener], "tags": ["T"]})))
        t.record(f"{name}: heard in async", listener.heard)
