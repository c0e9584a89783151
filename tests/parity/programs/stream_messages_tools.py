"""stream: messages

Tokens of models called in tools, in tasks, in entrypoints, and in routers; a tool's message is shown whole.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, TypedDict

from actograph.func import entrypoint, task
from actograph.graph import END, START, StateGraph
from actograph.graph.message import add_messages
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from tests.parity.listener import model, tokens

chat = model("one two")
QUESTION = {"messages": [HumanMessage("q", id="h1")]}


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]
    other: Any


@tool
def think(question: str) -> str:
    """Think."""
    return chat.invoke(question).content


@tool
async def athink(question: str) -> str:
    """Think."""
    return (await chat.ainvoke(question)).content


@task
def say(text):
    return chat.invoke(text)


@task
def ready(text):
    return AIMessage(text, id="task")


@entrypoint()
def work(text):
    return say(text).result().content


@entrypoint()
def returns(text):
    return AIMessage(text, id="entry")


@entrypoint()
def collects(text):
    return [ready(text).result()]


def main(t):
    def use(state):
        call = {"name": "think", "args": {"question": "x"}, "id": "c1", "type": "tool_call"}
        message = think.invoke(call)
        return {"messages": [message.model_copy(update={"id": "tool"})]}

    async def ause(state):
        return {"other": await athink.ainvoke({"question": "x"})}

    app = StateGraph(State).add_node("n", use).add_edge(START, "n").compile()
    t.record("tool", tokens(app.stream(QUESTION, stream_mode="messages"), "langgraph_node", "tags"))
    app = StateGraph(State).add_node("n", ause).add_edge(START, "n").compile()

    async def go():
        return tokens(
            [chunk async for chunk in app.astream(QUESTION, stream_mode="messages")], "langgraph_node", "tags"
        )

    t.record("async tool", asyncio.run(go()))

    def router(state):
        chat.invoke("where?")
        return END

    def entry(state):
        chat.invoke("where?")
        return "n"

    app = (
        StateGraph(State)
        .add_node("n", lambda state: {})
        .add_conditional_edges(START, entry)
        .add_conditional_edges("n", router)
    )
    t.record("routers", tokens(app.compile().stream(QUESTION, stream_mode="messages"), "langgraph_node", "tags"))
    for name, point in (("task", work), ("entrypoint", returns), ("task returns", collects)):
        t.record(name, tokens(point.stream("hi", stream_mode="messages"), "langgraph_node", "langgraph_checkpoint_ns"))
