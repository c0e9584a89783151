"""stream: stream_events

Runs that fail, seen from each projection, and the sub-graphs that failed or were open.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def line(*steps, **options):
    builder = StateGraph(State)
    previous = START
    for name, action in steps:
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile(**options)


def write(name):
    return name, lambda state: {"log": [name]}


def fail(name):
    def run(state):
        raise ValueError(f"{name} fails")

    return name, run


def collect(items, into):
    for item in items:
        into.append(item)


def main(t):
    app = line(write("a"), fail("b"))
    for name in ("values", "lifecycle", "subgraphs", "messages"):
        run, items = app.stream_events({"log": []}, version="v3"), []
        with t.raises(f"{name}"):
            collect(getattr(run, name), items)
        t.record(f"{name}: items", items)
        with t.raises(f"{name}: output"):
            _ = run.output
        with t.raises(f"{name}: interrupted"):
            _ = run.interrupted
    run = app.stream_events({"log": []}, version="v3")
    with t.raises("output"):
        _ = run.output
    with t.raises("values afterwards"):
        list(run.values)

    app = line(write("a"), ("inner", line(write("i"), fail("j"))))
    run, items = app.stream_events({"log": []}, version="v3"), []
    with t.raises("sub-graph"):
        collect(run.interleave("values", "lifecycle"), items)
    t.record("sub-graph: items", items)
    run, seen = app.stream_events({"log": []}, version="v3"), []

    def handles():
        for handle in run.subgraphs:
            seen.append(handle)
            with t.raises("handle: values"):
                list(handle.values)
            t.record("handle: state", [handle.status, handle.error])
            with t.raises("handle: output"):
                _ = handle.output

    with t.raises("handles"):
        handles()
    t.record("how many", len(seen))
    asyncio.run(parallel(t))


async def parallel(t):
    """The sub-graph beside the one that failed ends with the run's own error."""
    begun = asyncio.Event()

    async def forever(state):
        begun.set()
        await asyncio.Event().wait()

    async def fail_then(state):
        await begun.wait()
        raise ValueError("parallel")

    builder = StateGraph(State)
    for name, action in (("fails", fail_then), ("waits", forever)):
        builder.add_node(f"g_{name}", line((name, action)))
        builder.add_edge(START, f"g_{name}")
    run, handles = await builder.compile().astream_events({"log": []}, version="v3"), []
    with t.raises("parallel"):
        async for handle in run.subgraphs:
            handles.append(handle)
    handles.sort(key=lambda handle: handle.graph_name)
    t.record("parallel: states", [(handle.graph_name, handle.status, handle.error) for handle in handles])
    for handle in handles:
        with t.raises(f"parallel: {handle.graph_name}"):
            await handle.output()
