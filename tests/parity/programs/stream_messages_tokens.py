"""stream: messages; stream: Any LLM

Tokens of any model that a node calls, with `invoke`, `stream` or their async forms, in functions, chains, and threads;
of models whose result is dropped; of several calls; also when the graph is invoked.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableLambda
from tests.parity.listener import model, told, tokens


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]


chat = model("one two")
letters = FakeListChatModel(responses=["abc"])
QUESTION = {"messages": [HumanMessage("q", id="h1")]}


def invokes(state):
    return {"messages": [chat.invoke(state["messages"])]}


def streams(state):
    whole = None
    for chunk in chat.stream("x"):
        whole = chunk if whole is None else whole + chunk
    return {"messages": [whole]}


def drops(state):
    chat.invoke("x")


def twice(state):
    first, second = chat.invoke("x"), letters.invoke("y")
    return {"messages": [second, first]}


async def ainvokes(state):
    return {"messages": [await chat.ainvoke("x")]}


async def astreams(state):
    return {"messages": [[chunk async for chunk in chat.astream("x")][-1]]}


def fails(state):
    chat.invoke("x")
    raise ValueError("no")


chain = RunnableLambda(lambda state: state["messages"]) | chat | RunnableLambda(lambda message: {"messages": [message]})


def main(t):
    for name, node in (
        ("invoke", invokes),
        ("stream", streams),
        ("dropped", drops),
        ("twice", twice),
        ("chain", chain),
    ):
        app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()
        t.record(name, tokens(app.stream(QUESTION, stream_mode="messages"), "langgraph_node"))
    app = StateGraph(State).add_node("n", invokes).add_edge(START, "n").compile()
    t.record("invoked", tokens(app.invoke(QUESTION, stream_mode="messages"), "langgraph_node"))
    result = app.invoke(QUESTION)
    t.record("the result is whole", [told(message) for message in result["messages"]])
    for node in (ainvokes, astreams, invokes):
        app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()

        async def go(app=app):
            return tokens([chunk async for chunk in app.astream(QUESTION, stream_mode="messages")], "langgraph_node")

        t.record(f"{node.__name__} under astream", asyncio.run(go()))
    app = StateGraph(State).add_node("n", fails).add_edge(START, "n").compile()
    seen = []
    with t.raises("a failure"):
        for chunk in app.stream(QUESTION, stream_mode="messages"):
            seen.append(chunk)
    t.record("before the failure", tokens(seen, "langgraph_node"))
