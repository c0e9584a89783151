"""state: add_messages

`add_messages(format="langchain-openai")` is a reducer that rewrites content blocks into OpenAI's form; another format raises.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from langchain_core.messages import HumanMessage

from actograph.graph import START, StateGraph, add_messages


class State(TypedDict):
    messages: Annotated[list, add_messages(format="langchain-openai")]


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "1234"}}


def look(state):
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": "here:", "cache_control": {}}, IMAGE]}]}


def main(t):
    app = StateGraph(State).add_node(look).add_edge(START, "look").compile()
    result = app.invoke({"messages": []})
    t.record("content", [(type(message).__name__, message.content) for message in result["messages"]])
    result = app.invoke(
        {"messages": [HumanMessage([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}])]}
    )
    t.record("two messages", [(type(message).__name__, message.content) for message in result["messages"]])
    t.record("without", add_messages([], [HumanMessage([IMAGE], id="1")])[0].content)
    t.record("none", add_messages([], [HumanMessage([IMAGE], id="1")], format=None)[0].content)
    with t.raises("unknown format", culprit=["sonnet"]):
        add_messages([], [], format="sonnet")
    reduce = add_messages(format="langchain-openai")
    t.record(
        "as a function",
        [message.content for message in reduce([HumanMessage("a", id="1")], [HumanMessage([IMAGE], id="2")])],
    )
