"""hitl: Patterns

Review and edit state: the person gets the generated text and answers with an edited one, which the graph goes on
with.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    topic: str
    summary: str
    final: str


def review(state):
    answer = interrupt({"task": "edit the summary", "summary": state["summary"]})
    return {"summary": answer["edited"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_sequence(
        [
            ("generate", lambda state: {"summary": f"about {state['topic']}"}),
            ("review", review),
            ("use", lambda state: {"final": state["summary"].upper()}),
        ]
    )
    builder.add_edge(START, "generate")
    builder.add_edge("use", END)
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    config = t.thread()
    paused = app.invoke({"topic": "owls"}, config)
    t.record(f"{label}: paused", paused)
    assert paused["__interrupt__"][0].value["summary"] == "about owls"
    t.record(f"{label}: resumed", app.invoke(Command(resume={"edited": "owls hunt at night"}), config))
    t.snapshot(f"{label}: snapshot", app.get_state(config))


async def adrive(t, label, app):
    config = t.thread()
    t.chunks(f"{label}: paused", [chunk async for chunk in app.astream({"topic": "owls"}, config)])
    stream = app.astream(Command(resume={"edited": "owls hunt"}), config, stream_mode="updates")
    t.chunks(f"{label}: resumed", [chunk async for chunk in stream])
    t.snapshot(f"{label}: snapshot", await app.aget_state(config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
