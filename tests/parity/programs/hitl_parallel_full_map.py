"""hitl: Parallel interrupts
hitl: Resume map

Three nodes of a superstep ask at once: all questions are in the result, in the snapshot, and in the chunks; one map
answers all.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


NODES = ("legal", "press", "editor")


class State(TypedDict, total=False):
    count: int
    log: Annotated[list[str], operator.add]


def asker(name):
    def ask(state):
        return {"log": [f"{name}: {interrupt(f'{name}?')}"]}

    return ask


def graph(saver):
    builder = StateGraph(State)
    for name in NODES:
        builder.add_node(name, asker(name))
        builder.add_edge(START, name)
    builder.add_node("collect", lambda state: {"count": len(state["log"])})
    builder.add_edge(list(NODES), "collect")
    return builder.compile(checkpointer=saver)


def ids_of(snapshot):
    return {question.value: question.id for question in snapshot.interrupts}


def settled(result):
    """The result with its questions in order of their text: in a result they come as tasks stop."""
    if "__interrupt__" in result:
        result = {**result, "__interrupt__": sorted(result["__interrupt__"], key=lambda question: question.value)}
    return result


def owner(chunk):
    mode, body = chunk
    if "__interrupt__" in body:
        return f"{mode} {body['__interrupt__'][0].value}"
    return next(iter(body)) if mode == "updates" else None


STEP = [{*NODES, *(f"{mode} {name}?" for mode in ("values", "updates") for name in NODES)}]


def drive(t, label, app):
    config = t.thread()
    t.chunks(
        f"{label}: to the pause", app.stream({"count": 0}, config, stream_mode=["values", "updates"]), STEP, task=owner
    )
    t.snapshot(f"{label}: snapshot while paused", app.get_state(config))
    t.record(f"{label}: repeated", settled(app.invoke(None, config)))
    ids = ids_of(app.get_state(config))
    assert len(set(ids.values())) == 3
    answers = Command(resume={ids["press?"]: "P", ids["legal?"]: "L", ids["editor?"]: "E"})
    t.chunks(f"{label}: resumed", app.stream(answers, config, stream_mode=["values", "updates"]), STEP, task=owner)
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    t.record(f"{label}: paused", settled(await app.ainvoke({"count": 0}, config)))
    snapshot = await app.aget_state(config)
    t.snapshot(f"{label}: snapshot while paused", snapshot)
    answers = {ident: value.upper() for value, ident in ids_of(snapshot).items()}
    t.record(f"{label}: resumed", settled(await app.ainvoke(Command(resume=answers), config)))
    t.history(f"{label}: history", [item async for item in app.aget_state_history(config)])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
