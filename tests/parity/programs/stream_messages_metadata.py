"""stream: messages metadata

The metadata of a token: the caller's, where in the graph it comes from, and what the model says of itself; tags of the
run, the chain and the model.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from actograph.types import Send
from langchain_core.messages import AIMessage, HumanMessage
from tests.parity.listener import model, tokens


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]


QUESTION = {"messages": [HumanMessage("q", id="h1")]}


def main(t):
    chat = model("one")
    tagged = chat.with_config(tags=["joke"], metadata={"of": "model"}, run_name="joker")

    def plain(state):
        return {"messages": [chat.invoke("x")]}

    def with_tags(state):
        return {"messages": [tagged.invoke("x")]}

    def with_config(state, config):
        return {"messages": [chat.invoke("x", {**config, "tags": ["passed"], "metadata": {"own": 1}})]}

    def whole(state):
        return {"messages": [AIMessage("whole", id="w")]}

    config = {
        "tags": ["T"],
        "metadata": {"m": 1},
        "configurable": {"thread_id": "5", "user": "u", "many": []},
        "run_name": "r",
    }
    for node in (plain, with_tags, with_config, whole):
        app = StateGraph(State).add_node("n", node, metadata={"owner": "me"}).add_edge(START, "n").compile()
        t.record(node.__name__, tokens(app.stream(QUESTION, stream_mode="messages")))
        t.record(f"{node.__name__}, configured", tokens(app.stream(QUESTION, config, stream_mode="messages")))
    saved = StateGraph(State).add_node("n", plain).add_edge(START, "n").compile(checkpointer=t.saver())
    t.record("on a thread", tokens(saved.stream(QUESTION, t.thread(), stream_mode="messages")))
    fan = StateGraph(State).add_node("a", lambda state: {}).add_node("w", plain)
    fan = fan.add_edge(START, "a").add_conditional_edges("a", lambda state: [Send("w", {})]).compile()
    t.record("sent", tokens(fan.stream(QUESTION, stream_mode="messages")))
