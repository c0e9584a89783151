"""stream: messages, silence

The tag `nostream` keeps a model's tokens out, though what the node returns is shown whole; `disable_streaming` makes a
model's message one chunk.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict

from actograph.constants import TAG_HIDDEN, TAG_NOSTREAM
from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableLambda
from tests.parity.listener import model, tokens


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]


QUESTION = {"messages": [HumanMessage("q", id="h1")]}


def main(t):
    models = {
        "nostream": model("one two").with_config(tags=[TAG_NOSTREAM]),
        "nostream of its own": model("one two", tags=["nostream"]),
        "no streaming": model("one two", disable_streaming=True),
        "streams": model("one two"),
    }
    for name, chat in models.items():

        def returns(state, chat=chat):
            return {"messages": [chat.invoke("x")]}

        def drops(state, chat=chat):
            chat.invoke("x")

        async def awaits(state, chat=chat):
            return {"messages": [await chat.ainvoke("x")]}

        for label, node in (("returned", returns), ("dropped", drops), ("awaited", awaits)):
            app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()

            async def go(app=app):
                return tokens(
                    [chunk async for chunk in app.astream(QUESTION, stream_mode="messages")], "ls_integration", "tags"
                )

            if label != "awaited":
                t.record(
                    f"{name}, {label}", tokens(app.stream(QUESTION, stream_mode="messages"), "ls_integration", "tags")
                )
            t.record(f"{name}, {label}, async", asyncio.run(go()))
    chat = models["streams"]
    hidden = RunnableLambda(lambda state: {"messages": [chat.invoke("x")]}).with_config(tags=[TAG_HIDDEN])
    app = StateGraph(State).add_node("n", hidden).add_edge(START, "n").compile()
    t.record("hidden", tokens(app.stream(QUESTION, stream_mode="messages"), "ls_integration", "tags"))
    t.record("constants", [TAG_HIDDEN, TAG_NOSTREAM])
