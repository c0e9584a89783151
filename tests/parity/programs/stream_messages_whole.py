"""stream: messages

Messages that nodes return without having streamed them come whole, once for each id: in lists, alone, in commands, in
states of any kind; not those that the node was given, nor removals, nor what is nested deeper.
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, TypedDict

from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from actograph.types import Command
from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage, ToolMessage
from pydantic import BaseModel
from tests.parity.listener import model, tokens


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]
    other: Any


@dataclasses.dataclass
class Data:
    messages: Annotated[list, add_messages] = dataclasses.field(default_factory=list)


class Model(BaseModel):
    messages: Annotated[list, add_messages] = []


QUESTION = {"messages": [HumanMessage("q", id="h1")]}


def main(t):
    one, two = AIMessage("one", id="o"), ToolMessage("two", tool_call_id="c", id="t")
    results = {
        "list": {"messages": [one, two]},
        "alone": {"messages": one},
        "no id": {"messages": [AIMessage("new")]},
        "several keys": {"other": two, "messages": [one]},
        "tuple": {"other": (one, two)},
        "same twice": {"messages": [one], "other": one},
        "nested": {"other": {"deep": one}},
        "given": {"messages": [HumanMessage("q", id="h1"), one]},
        "removal": {"messages": [RemoveMessage(id="h1")]},
        "pairs": {"messages": [("ai", "text")]},
        "command": Command(update={"messages": [one]}),
        "commands": [Command(update={"messages": [one]}), {"other": two}],
        "none": None,
    }
    for name, result in results.items():
        app = StateGraph(State).add_node("n", lambda state, result=result: result).add_edge(START, "n").compile()
        t.record(name, tokens(app.stream(QUESTION, stream_mode="messages"), "langgraph_node", "ls_integration"))
    for schema, result in ((Data, Data([one])), (Model, Model(messages=[one]))):
        app = StateGraph(schema).add_node("n", lambda state, result=result: result).add_edge(START, "n").compile()
        t.record(schema.__name__, tokens(app.stream({"messages": []}, stream_mode="messages"), "langgraph_node"))
    whole = Annotated[list, add_messages]
    for name, result in (("root message", one), ("root list", [one, two])):
        app = StateGraph(whole).add_node("n", lambda state, result=result: result).add_edge(START, "n").compile()
        t.record(name, tokens(app.stream([HumanMessage("q", id="h1")], stream_mode="messages"), "langgraph_node"))
    again = (
        StateGraph(State)
        .add_node("n", lambda state: {"messages": [one]})
        .add_node("m", lambda state: {"other": [one, two]})
    )
    again = again.add_edge(START, "n").add_edge("n", "m").compile()
    t.record("known from before", tokens(again.stream(QUESTION, stream_mode="messages"), "langgraph_node"))
    chat = model("told")
    streamed = StateGraph(State).add_node("n", lambda state: {"messages": [one, chat.invoke("x")]}).add_edge(START, "n")
    t.record(
        "beside streamed ones", tokens(streamed.compile().stream(QUESTION, stream_mode="messages"), "langgraph_node")
    )
