"""state: add_messages

`push_message` shows in the stream of messages at once, with the metadata of its node; one that the node then returns shows once; sync and
async, several in a row.
"""

from __future__ import annotations

import asyncio

from langchain_core.messages import AIMessage

from actograph.graph import START, MessagesState, StateGraph
from actograph.graph.message import push_message


def first(state):
    pushed = push_message(AIMessage("pushed", id="p1"))
    return {"messages": [pushed, AIMessage("returned", id="r1")]}


async def second(state):
    push_message(AIMessage("one", id="p2"))
    await asyncio.sleep(0)
    push_message({"role": "ai", "content": "two", "id": "p3"}, state_key=None)


def shown(chunks):
    return [
        (type(message).__name__, message.content, message.id, metadata["langgraph_node"])
        for message, metadata in chunks
    ]


async def main(t):
    app = StateGraph(MessagesState).add_sequence([first, second]).add_edge(START, "first").compile()
    chunks = [chunk async for chunk in app.astream({"messages": []}, stream_mode="messages")]
    t.record("messages", shown(chunks))
    t.record("metadata", sorted(chunks[0][1]))
    modes = [mode async for mode, _ in app.astream({"messages": []}, stream_mode=["messages", "updates"])]
    t.record("modes", modes)
    result = await app.ainvoke({"messages": []})
    t.record("state", [(message.content, message.id) for message in result["messages"]])
