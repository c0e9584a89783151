"""travel: as_node default

Without `as_node` the last writer counts; after two parallel writers it must be said.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    for name in ("start", "left", "right", "end"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "start")
    builder.add_edge("start", "left")
    builder.add_edge("start", "right")
    builder.add_edge(["left", "right"], "end")
    return builder.compile(checkpointer=saver, interrupt_before=["left", "end"])


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"log": []}, config)
    app.update_state(config, {"log": ["as start"]})
    t.snapshot("after one writer", app.get_state(config))
    app.invoke(None, config)
    t.record("before the end", app.get_state(config).next)
    with t.raises("after two writers", culprit=["as_node"]):
        app.update_state(config, {"log": ["whose?"]})
    app.update_state(config, {"log": ["as left"]}, as_node="left")
    t.snapshot("as left", app.get_state(config))
    t.record("result", app.invoke(None, config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"log": []}, config)
    await app.ainvoke(None, config)
    with t.raises("async after two writers", culprit=["as_node"]):
        await app.aupdate_state(config, {"log": ["whose?"]})
    await app.aupdate_state(config, {"log": ["as right"]}, as_node="right")
    t.snapshot("async as right", await app.aget_state(config))
