"""hitl: Several in one node
hitl: Resume map

Questions of one node answered by id, each pause through its own map; `None` in between repeats the open question.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def ask(state):
    return {"log": [interrupt("first?"), interrupt("second?")]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_edge(START, "ask")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    paused = app.invoke({"log": ["in"]}, config)
    first = paused["__interrupt__"][0]
    t.record("first", paused)
    paused = app.invoke(Command(resume={first.id: "one"}), config)
    second = paused["__interrupt__"][0]
    t.record("second", paused)
    assert (first.value, second.value) == ("first?", "second?")
    t.record("repeated", app.invoke(None, config))
    t.snapshot("snapshot", app.get_state(config))
    t.record("end", app.invoke(Command(resume={second.id: "two"}), config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    for answer in ("one", "two"):
        state = await app.ainvoke({"log": ["in"]} if answer == "one" else None, config)
        t.record(f"async: before {answer}", state)
        await app.ainvoke(Command(resume={state["__interrupt__"][0].id: answer}), config)
    t.snapshot("async: end", await app.aget_state(config))
