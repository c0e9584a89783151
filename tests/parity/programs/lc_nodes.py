"""build: Add node

Nodes may be any runnable: functions made runnables, with or without a config of their own, sequences, prompts with
models, a graph in a chain, runnables with retries; their names, and how callbacks hear of them, sync and async.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnableParallel, RunnablePassthrough
from tests.parity.listener import Listener, model, told


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]
    x: int


def double(state):
    return {"x": state["x"] * 2}


async def adouble(state):
    return {"x": state["x"] * 2}


def seen(state, config):
    return {"x": sum(len(tag) for tag in config["tags"])}


def main(t):
    inner = StateGraph(State).add_node("double", double).add_edge(START, "double").compile(name="inner")
    prompt = ChatPromptTemplate.from_messages([("system", "be brief"), ("placeholder", "{messages}")])
    both = RunnableLambda(double, afunc=adouble)
    failing = RunnableLambda(lambda state: 1 / 0).with_fallbacks([RunnableLambda(double)])
    nodes = {
        "lambda": RunnableLambda(double),
        "both": both,
        "bound": RunnableLambda(seen).with_config(run_name="bound", tags=["mine"]),
        "sequence": RunnableLambda(double) | RunnableLambda(double),
        "model": prompt | model("short") | (lambda message: {"messages": [message]}),
        "graph in a chain": inner | RunnableLambda(lambda state: {"x": state["x"] + 1}),
        "parallel": RunnableParallel(x=RunnableLambda(lambda state: state["x"] + 5)),
        "assign": RunnablePassthrough.assign(x=lambda state: 9),
        "fallback": failing,
    }
    for name, node in nodes.items():
        app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()
        for label, run in (("sync", app.invoke), ("async", lambda *given, app=app: asyncio.run(app.ainvoke(*given)))):
            listener = Listener()
            result = run({"x": 1, "messages": [("human", "q")]}, {"callbacks": [listener], "tags": ["T"]})
            result["messages"] = [told(message)[:2] for message in result["messages"]]
            t.record(f"{name}, {label}", result)
            starts = [entry for entry in listener.heard if entry[0] in ("start", "model")]
            t.record(f"{name}, {label}: runs", [(*entry[:4], entry[5]) for entry in starts])
    named = StateGraph(State).add_node(RunnableLambda(double)).add_node(RunnableLambda(adouble))
    t.record("names", list(named.nodes))
