"""hitl: Parallel interrupts

With several questions open, an answer without an id is refused and nothing changes.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

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


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"count": 0}, config)
    with t.raises("bare answer"):
        app.invoke(Command(resume="yes"), config)
    t.snapshot("unchanged", app.get_state(config))
    ids = ids_of(app.get_state(config))
    t.record("by id", settled(app.invoke(Command(resume=dict.fromkeys(ids.values(), "ok")), config)))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"count": 0}, config)
    with t.raises("async bare answer"):
        await app.ainvoke(Command(resume="yes"), config)
    t.record("async unchanged", settled(await app.ainvoke(None, config)))
