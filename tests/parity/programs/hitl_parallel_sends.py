"""hitl: Parallel interrupts
hitl: Resume map
control: Send

Three tasks of one node, made by `Send`, each ask; the map answers two, then the third; writes fold in the order of
the sends.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Command, Send, interrupt


class State(TypedDict, total=False):
    drafts: list[str]
    log: Annotated[list[str], operator.add]


def review(state):
    return {"log": [f"{state['draft']}: {interrupt(state['draft'])}"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("review", review)
    builder.add_node("publish", lambda state: {"drafts": []})
    builder.add_conditional_edges(
        START, lambda state: [Send("review", {"draft": d}) for d in state["drafts"]], ["review"]
    )
    builder.add_edge("review", "publish")
    return builder.compile(checkpointer=saver)


def settled(result):
    """The result with its questions in order of their text: in a result they come as tasks stop."""
    if "__interrupt__" in result:
        result = {**result, "__interrupt__": sorted(result["__interrupt__"], key=lambda question: question.value)}
    return result


def answers(snapshot, *drafts):
    return Command(resume={item.id: item.value.upper() for item in snapshot.interrupts if item.value in drafts})


def drive(t, label, app):
    config = t.thread()
    t.record(f"{label}: paused", settled(app.invoke({"drafts": ["a", "b", "c"]}, config)))
    t.snapshot(f"{label}: all open", app.get_state(config))
    t.record(f"{label}: two answered", settled(app.invoke(answers(app.get_state(config), "c", "a"), config)))
    t.snapshot(f"{label}: one open", app.get_state(config))
    rest = app.stream(answers(app.get_state(config), "b"), config, stream_mode="updates")
    t.chunks(f"{label}: rest", rest, parallel=[{"review"}])
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    t.record(f"{label}: paused", settled(await app.ainvoke({"drafts": ["a", "b", "c"]}, config)))
    t.record(f"{label}: one answered", settled(await app.ainvoke(answers(await app.aget_state(config), "b"), config)))
    t.snapshot(f"{label}: two open", await app.aget_state(config))
    t.record(f"{label}: end", settled(await app.ainvoke(answers(await app.aget_state(config), "a", "c"), config)))
    t.snapshot(f"{label}: snapshot at the end", await app.aget_state(config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
