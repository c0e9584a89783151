"""hitl: Resume map
hitl: Parallel interrupts
persist: get_state while paused or failed
stream: updates, cached

Three questions, answered one by one in another order: what is answered is done and not run again, its writes already
show in the snapshot, and its update is streamed again with `cached`; the rest stays pending. The last one may be
answered without an id.
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


STEP = [{*NODES, "__interrupt__"}]


def drive(t, label, app):
    config = t.thread()
    app.invoke({"count": 0}, config)
    ids = ids_of(app.get_state(config))
    for name in ("press", "editor"):
        answer = Command(resume={ids[f"{name}?"]: name.upper()})
        t.chunks(f"{label}: {name} answered", app.stream(answer, config, stream_mode="updates"), STEP)
        t.snapshot(f"{label}: snapshot after {name}", app.get_state(config))
    t.chunks(f"{label}: nothing new", app.stream(None, config, stream_mode="updates"), STEP)
    t.record(f"{label}: nothing new, result", settled(app.invoke(None, config)))
    t.chunks(f"{label}: the last answer", app.stream(Command(resume="LAST"), config, stream_mode="updates"), STEP)
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"count": 0}, config)
    ids = ids_of(await app.aget_state(config))
    answers = Command(resume={ids["legal?"]: "L", ids["editor?"]: "E"})
    t.record(f"{label}: two answered", settled(await app.ainvoke(answers, config)))
    t.snapshot(f"{label}: snapshot after two", await app.aget_state(config))
    t.record(f"{label}: end", settled(await app.ainvoke(Command(resume={ids["press?"]: "P"}), config)))
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
