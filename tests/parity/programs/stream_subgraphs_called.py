"""stream: Subgraphs
subgraph: Called in a node

Graphs called inside a node are streamed under the node's task, the second call with its number: sync, async, both at once, and
in worker threads.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def inner(state):
    get_stream_writer()(f"inner {state['x']}")
    return {"log": ["inner"]}


sub = StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile()


def call(state):
    get_stream_writer()("before")
    first = sub.invoke({"x": 1})
    get_stream_writer()("between")
    list(sub.stream({"x": 2}))
    sub.invoke({"x": 3})
    get_stream_writer()("after")
    return {"log": first["log"]}


async def acall(state):
    await sub.ainvoke({"x": 1})
    get_stream_writer()("between")
    async for _ in sub.astream({"x": 2}):
        pass
    await asyncio.to_thread(sub.invoke, {"x": 3})
    return {"log": ["acall"]}


async def both(state):
    await asyncio.gather(sub.ainvoke({"x": 1}), sub.ainvoke({"x": 2}))
    return {}


def by_namespace(chunks):
    """The chunks of each run, in order; the runs sorted."""
    runs = {}
    for chunk in chunks:
        runs.setdefault(tuple(part if part.isdigit() else part.split(":")[0] for part in chunk[0]), []).append(
            chunk[1:]
        )
    return [[list(ns), runs[ns]] for ns in sorted(runs)]


def main(t):
    modes = ["values", "updates", "custom"]
    app = StateGraph(State).add_node("call", call).add_edge(START, "call").compile()
    t.record("sync", list(app.stream({"x": 0}, stream_mode=modes, subgraphs=True)))
    t.record("sync, not asked for", list(app.stream({"x": 0}, stream_mode=modes)))
    t.record("sync, invoke", app.invoke({"x": 0}, stream_mode=modes, subgraphs=True))
    t.record("sync, invoke for the values", app.invoke({"x": 0}, subgraphs=True))

    async def go(app, **options):
        return [chunk async for chunk in app.astream({"x": 0}, stream_mode=modes, **options)]

    t.record("sync node in an async run", asyncio.run(go(app, subgraphs=True)))
    asynchronous = StateGraph(State).add_node("acall", acall).add_edge(START, "acall").compile()
    t.record("async", asyncio.run(go(asynchronous, subgraphs=True)))
    t.record("async, not asked for", asyncio.run(go(asynchronous)))
    gathered = StateGraph(State).add_node("both", both).add_edge(START, "both").compile()
    t.record("at once", by_namespace(asyncio.run(go(gathered, subgraphs=True))))

    fan = StateGraph(State).add_node("sub", lambda item: {"log": sub.invoke(item)["log"]})
    fan = fan.add_conditional_edges(START, lambda state: [Send("sub", {"x": n}) for n in (1, 2)], ["sub"]).compile()
    seen = {}
    for ns, mode, chunk in fan.stream({"x": 0}, stream_mode=modes, subgraphs=True):
        seen.setdefault(ns, []).append([mode, chunk])
    root = seen.pop(())
    t.record("sends: inside", sorted(seen.values(), key=str))
    t.record("sends: the graph", root)
