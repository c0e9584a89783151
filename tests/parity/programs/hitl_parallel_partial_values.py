"""hitl: Resume map
stream: values

The values chunks of a superstep that is answered in part: the state before it, each open question, and at the end the
state with the writes of what is done.
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


def owner(chunk):
    return chunk["__interrupt__"][0].value if "__interrupt__" in chunk else None


STEP = [{f"{name}?" for name in NODES}]


def main(t):
    app = graph(t.saver())
    config = t.thread()
    t.chunks("to the pause", app.stream({"count": 0}, config, stream_mode="values"), STEP, task=owner)
    ids = ids_of(app.get_state(config))
    chunks = list(app.stream(Command(resume={ids["legal?"]: "L"}), config, stream_mode="values"))
    t.chunks("legal answered", chunks, STEP, task=owner)
    assert chunks[-1]["log"] == ["legal: L"]
    t.chunks("repeated", app.stream(None, config, stream_mode="values"), STEP, task=owner)
    answers = Command(resume={ids["press?"]: "P", ids["editor?"]: "E"})
    t.chunks("resumed", app.stream(answers, config, stream_mode="values"), STEP, task=owner)
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"count": 0}, config)
    ids = ids_of(await app.aget_state(config))
    stream = app.astream(Command(resume={ids["press?"]: "P"}), config, stream_mode="values")
    t.chunks("async: press answered", [chunk async for chunk in stream], STEP, task=owner)
