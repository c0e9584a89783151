"""functional: Compose

Graphs and other entrypoints called inside an entrypoint, a task and a node; entrypoints as nodes; graphs paused inside are resumed.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.func import entrypoint, task
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    answer: str


@task
def plus(number):
    return number + 1


def asks(state):
    return {"answer": interrupt(f"x is {state['x']}")}


def inner_graph():
    builder = StateGraph(State)
    builder.add_node("bump", lambda state: {"x": plus(state["x"]).result()})
    builder.add_node("asks", asks)
    builder.add_edge(START, "bump")
    builder.add_edge("bump", "asks")
    return builder.compile()


@entrypoint()
def tenfold(number):
    return plus(number).result() * 10


@entrypoint()
async def atenfold(number):
    return await plus(number) * 10


@task
def through_a_task(number):
    return tenfold.invoke(number)


def main(t):
    graph = inner_graph()

    @entrypoint(checkpointer=t.saver())
    def outer(number):
        state = graph.invoke({"x": number})
        return [state, plus(100).result()]

    config = t.thread()
    t.record("graph inside", list(outer.stream(1, config, stream_mode=["updates", "values"])))
    t.record("resumed", list(outer.stream(Command(resume="yes"), config, stream_mode=["updates", "values"])))
    t.snapshot("its state", outer.get_state(config))

    @entrypoint(checkpointer=t.saver())
    def calls(number):
        return [tenfold.invoke(number), tenfold.invoke(number + 1), through_a_task(number).result()]

    t.record("entrypoints inside", list(calls.stream(1, t.thread(), stream_mode=["updates", "values"])))

    @entrypoint(checkpointer=t.saver())
    async def acalls(number):
        return [await atenfold.ainvoke(number), await tenfold.ainvoke(number)]

    t.record("async", asyncio.run(acalls.ainvoke(1, t.thread())))
    builder = StateGraph(State)
    builder.add_node("ten", lambda state: {"x": tenfold.invoke(state["x"])})
    builder.add_node("node", entrypoint()(as_node))
    builder.add_edge(START, "ten")
    builder.add_edge("ten", "node")
    app = builder.compile(checkpointer=t.saver())
    t.record("in nodes", list(app.stream({"x": 1}, t.thread(), stream_mode=["updates", "values"])))
    t.record("streams of the inside", list(app.stream({"x": 1}, t.thread(), stream_mode="updates", subgraphs=True)))


def as_node(state):
    return {"x": plus(state["x"]).result()}
