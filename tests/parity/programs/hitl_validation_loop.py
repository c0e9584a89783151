"""hitl: Patterns

A validation loop: the node asks again, with another text, until the answer is good.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    age: int
    log: Annotated[list[str], operator.add]


def ask_age(state):
    question = "how old are you?"
    while True:
        answer = interrupt(question)
        if isinstance(answer, int) and answer > 0:
            return {"age": answer, "log": ["valid"]}
        question = f"{answer!r} is no age. How old are you?"


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("ask_age", ask_age)
    builder.add_node("greet", lambda state: {"log": [f"{state['age']} years"]})
    builder.add_edge(START, "ask_age")
    builder.add_edge("ask_age", "greet")
    return builder.compile(checkpointer=saver)


STEPS = [{"log": []}, Command(resume="old"), Command(resume=-3), Command(resume=0), Command(resume=41)]


def drive(t, label, app):
    config = t.thread()
    for number, step in enumerate(STEPS):
        t.record(f"{label}: {number}", app.invoke(step, config))
        t.snapshot(f"{label}: snapshot {number}", app.get_state(config))
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    for number, step in enumerate(STEPS):
        stream = app.astream(step, config, stream_mode="updates")
        t.chunks(f"{label}: {number}", [chunk async for chunk in stream])
    t.snapshot(f"{label}: end", await app.aget_state(config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
