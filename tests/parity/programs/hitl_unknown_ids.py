"""hitl: Resume map

A map with ids nobody asked under answers nothing; ids that are answered already keep their answer; a dict whose keys
are no ids is one plain answer, and an empty map answers nothing.
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


STEP = [{*NODES, "__interrupt__"}]


def single(saver):
    builder = StateGraph(State)
    builder.add_node("editor", asker("editor"))
    builder.add_edge(START, "editor")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"count": 0}, config)
    ids = ids_of(app.get_state(config))
    t.record("unknown", settled(app.invoke(Command(resume={"0" * 32: "x"}), config)))
    answers = Command(resume={ids["legal?"]: "L", "f" * 32: "x"})
    t.chunks("one known", app.stream(answers, config, stream_mode="updates"), STEP)
    answers = Command(resume={ids["legal?"]: "other", ids["press?"]: "P"})
    t.chunks("one answered before", app.stream(answers, config, stream_mode="updates"), STEP)
    t.snapshot("snapshot", app.get_state(config))

    app = single(t.saver())
    config = t.thread()
    app.invoke({"count": 0}, config)
    t.record("empty map", settled(app.invoke(Command(resume={}), config)))
    t.record("plain dict", settled(app.invoke(Command(resume={"verdict": "fine"}), config)))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"count": 0}, config)
    t.record("async unknown", settled(await app.ainvoke(Command(resume={"0" * 32: "x"}), config)))
    t.record("async plain dict", settled(await app.ainvoke(Command(resume={"verdict": "fine"}), config)))
