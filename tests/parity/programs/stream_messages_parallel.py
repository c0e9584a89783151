"""stream: messages; stream: Any LLM

Models in parallel nodes and in `Send`s: per node the tokens are in order; raw chunks of any provider can be written in
custom mode beside them.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from actograph.types import Send
from langchain_core.messages import HumanMessage
from tests.parity.listener import model, told


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]
    which: Any


QUESTION = {"messages": [HumanMessage("q", id="h1")]}


def by_node(chunks):
    found = {}
    for message, metadata in chunks:
        found.setdefault(metadata["langgraph_node"], []).append(told(message)[:2])
    return {name: found[name] for name in sorted(found)}


def main(t):
    p, q = model("p one two"), model("q one two three")

    def sync_p(state):
        return {"messages": [p.invoke("x")]}

    def sync_q(state):
        return {"messages": [q.invoke("x")]}

    async def async_p(state):
        return {"messages": [await p.ainvoke("x")]}

    async def async_q(state):
        return {"messages": [await q.ainvoke("x")]}

    def graph(one, two):
        return (
            StateGraph(State).add_node("p", one).add_node("q", two).add_edge(START, "p").add_edge(START, "q").compile()
        )

    async def go(app):
        return by_node([chunk async for chunk in app.astream(QUESTION, stream_mode="messages")])

    t.record("sync", by_node(graph(sync_p, sync_q).stream(QUESTION, stream_mode="messages")))
    t.record("sync in async", asyncio.run(go(graph(sync_p, sync_q))))
    t.record("async", asyncio.run(go(graph(async_p, async_q))))

    def worker(which):
        return {"messages": [model(f"w{which}").invoke("x")]}

    fan = StateGraph(State).add_node("a", lambda state: {}).add_node("w", worker).add_edge(START, "a")
    fan = fan.add_conditional_edges("a", lambda state: [Send("w", index) for index in range(3)]).compile()
    chunks = list(fan.stream(QUESTION, stream_mode="messages"))
    t.record("sent", sorted((message.content, metadata["langgraph_path"]) for message, metadata in chunks))

    def provider(state):
        writer = get_stream_writer()
        for piece in ({"delta": "he"}, {"delta": "llo"}):
            writer({"provider": piece})
        return {"which": "done"}

    raw = StateGraph(State).add_node("n", provider).add_edge(START, "n").compile()
    t.record("any provider", list(raw.stream(QUESTION, stream_mode=["custom", "messages"])))
