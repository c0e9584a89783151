"""stream: messages; stream: Several modes

Messages among other modes, in their order; as parts of version 2; with a thread that pauses and goes on; retried
attempts tell again.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from actograph.types import Command, RetryPolicy, interrupt
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from tests.parity.listener import model, told


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]


QUESTION = {"messages": [HumanMessage("q", id="h1")]}


def short(value):
    if isinstance(value, BaseMessage):
        return told(value)
    if isinstance(value, dict):
        if "langgraph_node" in value:
            return value["langgraph_node"]
        return {key: short(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [short(item) for item in value]
    return value


def main(t):
    chat = model("one two")

    def node(state, writer):
        writer("custom")
        return {"messages": [chat.invoke(state["messages"])]}

    def plain(state):
        return {"messages": [AIMessage("plain", id="p")]}

    app = StateGraph(State).add_node("n", node).add_node("m", plain).add_edge(START, "n").add_edge("n", "m").compile()
    for modes in (
        ["messages", "values"],
        ["updates", "messages"],
        ["values", "messages", "custom", "updates"],
        ["messages"],
    ):
        t.record(" ".join(modes), short(list(app.stream(QUESTION, stream_mode=modes))))
    t.record("parts", short(list(app.stream(QUESTION, stream_mode=["messages", "updates"], version="v2"))))
    t.record("parts of one mode", short(list(app.stream(QUESTION, stream_mode="messages", version="v2"))))
    t.record("invoked", short(app.invoke(QUESTION, stream_mode=["messages", "updates"])))

    def ask(state):
        said = chat.invoke("x")
        return {"messages": [said, AIMessage(interrupt("name?"), id="answer")]}

    app = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=t.saver())
    config = t.thread()
    t.record("pause", short(list(app.stream(QUESTION, config, stream_mode="messages"))))
    t.record("resume", short(list(app.stream(Command(resume="Ann"), config, stream_mode=["messages", "updates"]))))
    tries = []

    def flaky(state):
        tries.append(1)
        said = chat.invoke("x")
        if len(tries) < 2:
            raise ConnectionError("again")
        return {"messages": [said]}

    policy = RetryPolicy(initial_interval=0.001, jitter=False)
    app = StateGraph(State).add_node("n", flaky, retry_policy=policy).add_edge(START, "n").compile()
    t.record("retried", short(list(app.stream(QUESTION, stream_mode="messages"))))
