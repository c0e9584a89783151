"""stream: messages; stream: Subgraphs

Tokens of models in sub-graphs, as nodes and called in nodes, come with `subgraphs=True`; without it the node of the
parent shows what it returns. A node may stream a graph of its own.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, TypedDict

from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from langchain_core.messages import HumanMessage
from tests.parity.listener import model, told


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]
    other: Any


QUESTION = {"messages": [HumanMessage("q", id="h1")]}
chat = model("one two")


def node(state):
    return {"messages": [chat.invoke(state["messages"])]}


async def anode(state):
    return {"messages": [await chat.ainvoke(state["messages"])]}


def short(chunks):
    found = []
    for chunk in chunks:
        *place, (message, metadata) = chunk if isinstance(chunk[0], tuple) else ((), chunk)
        found.append(
            (
                place,
                told(message),
                metadata["langgraph_node"],
                metadata["langgraph_checkpoint_ns"],
                metadata.get("checkpoint_ns"),
            )
        )
    return found


def main(t):
    inner = StateGraph(State).add_node("leaf", node).add_edge(START, "leaf").compile()
    middle = StateGraph(State).add_node("middle", inner).add_edge(START, "middle").compile()

    def calls(state):
        return {"messages": inner.invoke(QUESTION)["messages"]}

    def streams(state):
        return {"other": [told(message) for message, _ in inner.stream(QUESTION, stream_mode="messages")]}

    async def acalls(state):
        return {"messages": (await inner.ainvoke(QUESTION))["messages"]}

    for name, outer in (("node", inner), ("two levels", middle), ("called", calls), ("streamed", streams)):
        app = StateGraph(State).add_node("outer", outer).add_edge(START, "outer").compile()
        t.record(f"{name}, alone", short(app.stream(QUESTION, stream_mode="messages")))
        t.record(f"{name}, with sub-graphs", short(app.stream(QUESTION, stream_mode="messages", subgraphs=True)))
    t.record("own stream", [list(item) for item in app.invoke(QUESTION)["other"]])
    aleaf = StateGraph(State).add_node("leaf", anode).add_edge(START, "leaf").compile()
    for name, outer in (("async node", aleaf), ("async called", acalls)):
        app = StateGraph(State).add_node("outer", outer).add_edge(START, "outer").compile()

        async def go(app=app, **options):
            return short([chunk async for chunk in app.astream(QUESTION, stream_mode="messages", **options)])

        t.record(f"{name}, alone", asyncio.run(go()))
        t.record(f"{name}, with sub-graphs", asyncio.run(go(subgraphs=True)))
