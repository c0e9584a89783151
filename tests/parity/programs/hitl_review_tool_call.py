"""hitl: Patterns
hitl: In tools

Review a tool-like call: the person lets it run, changes its arguments, or answers in its place.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


ANSWERS = [
    {"action": "continue"},
    {"action": "update", "args": {"city": "Oslo"}},
    {"action": "feedback", "text": "ask for the country first"},
]


class State(TypedDict, total=False):
    call: dict[str, Any]
    messages: Annotated[list[dict[str, Any]], operator.add]


def model(state):
    if state["messages"][-1]["role"] == "tool":
        return Command(goto=END, update={"messages": [{"role": "assistant", "content": "done"}]})
    call = {"name": "weather", "args": {"city": "Bergen"}, "id": "call-1"}
    return Command(goto="review", update={"call": call})


def review(state):
    answer = interrupt({"question": "run this?", "call": state["call"]})
    if answer["action"] == "continue":
        return Command(goto="tool")
    if answer["action"] == "update":
        return Command(goto="tool", update={"call": {**state["call"], "args": answer["args"]}})
    return Command(goto="model", update={"messages": [{"role": "tool", "content": answer["text"]}]})


def tool(state):
    return {"messages": [{"role": "tool", "content": f"sunny in {state['call']['args']['city']}"}]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("model", model)
    builder.add_node("review", review)
    builder.add_node("tool", tool)
    builder.add_edge(START, "model")
    builder.add_edge("tool", "model")
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    for answer in ANSWERS:
        name = f"{label} {answer['action']}"
        config = t.thread()
        t.record(f"{name}: paused", app.invoke({"messages": [{"role": "user", "content": "weather?"}]}, config))
        t.chunks(f"{name}: resumed", app.stream(Command(resume=answer), config, stream_mode="updates"))
        t.snapshot(f"{name}: snapshot", app.get_state(config))


async def adrive(t, label, app):
    for answer in ANSWERS:
        name = f"{label} {answer['action']}"
        config = t.thread()
        t.record(f"{name}: paused", await app.ainvoke({"messages": [{"role": "user", "content": "weather?"}]}, config))
        t.record(f"{name}: resumed", await app.ainvoke(Command(resume=answer), config))
        t.snapshot(f"{name}: snapshot", await app.aget_state(config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
