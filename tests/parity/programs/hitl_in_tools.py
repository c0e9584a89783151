"""hitl: In tools

`interrupt()` inside a tool pauses the node that calls it; on resume the node runs again and the tool gets its answer;
tools may be sync or async, called with arguments or with a tool call.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.graph.message import add_messages
from actograph.types import Command, interrupt
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from tests.parity.listener import told


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]


@tool
def book(hotel: str) -> str:
    """Book a hotel."""
    answer = interrupt(f"book {hotel}?")
    if answer["type"] == "accept":
        return f"booked {hotel}"
    if answer["type"] == "edit":
        return f"booked {answer['hotel']}"
    return "not booked"


@tool
async def abook(hotel: str) -> str:
    """Book a hotel."""
    return f"booked {hotel}: {interrupt(f'book {hotel}?')}"


def agent(state):
    if len(state["messages"]) > 1:
        return {"messages": [AIMessage("done", id="end")]}
    call = {"name": "book", "args": {"hotel": "Ritz"}, "id": "c1"}
    return {"messages": [AIMessage("", id="a1", tool_calls=[call])]}


def tools(state):
    calls = state["messages"][-1].tool_calls
    return {
        "messages": [book.invoke({**call, "type": "tool_call"}).model_copy(update={"id": call["id"]}) for call in calls]
    }


def more(state):
    return "tools" if state["messages"][-1].tool_calls else END


def main(t):
    builder = StateGraph(State).add_node("agent", agent).add_node("tools", tools).add_edge(START, "agent")
    app = (
        builder.add_conditional_edges("agent", more, ["tools", END])
        .add_edge("tools", "agent")
        .compile(checkpointer=t.saver())
    )
    for answer in ({"type": "accept"}, {"type": "edit", "hotel": "Inn"}, {"type": "no"}):
        config = t.thread()
        chunks = [
            chunk
            for chunk in app.stream({"messages": [HumanMessage("go", id="h")]}, config)
            if "__interrupt__" in chunk
        ]
        t.record(f"paused for {answer['type']}", chunks)
        state = app.get_state(config)
        t.record(f"waiting for {answer['type']}", [state.next, state.interrupts])
        result = app.invoke(Command(resume=answer), config)
        t.record(f"after {answer['type']}", [told(message) for message in result["messages"]])

    async def anode(state):
        return {"messages": [AIMessage(await abook.ainvoke({"hotel": "Ritz"}), id="said")]}

    app = StateGraph(State).add_node("n", anode).add_edge(START, "n").compile(checkpointer=t.saver())
    config = t.thread()

    async def go():
        first = await app.ainvoke({"messages": []}, config)
        second = await app.ainvoke(Command(resume="yes"), config)
        return [first["__interrupt__"], [told(message) for message in second["messages"]]]

    t.record("async tool", asyncio.run(go()))
