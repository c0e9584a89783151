"""stream: stream_events

The async form: one projection, several readers at once, output without reading, early exit.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.stream import CustomTransformer, UpdatesTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def node(name):
    async def run(state):
        get_stream_writer()(f"{name} begins")
        await asyncio.sleep(0)
        return {"log": [name]}

    return run


def line(**steps):
    builder = StateGraph(State)
    previous = START
    for name, action in steps.items():
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile()


async def read(projection):
    return [item async for item in projection]


async def main(t):
    app = line(a=node("a"), inner=line(i=node("i"), j=node("j")), z=node("z"))

    async def start(**options):
        return await app.astream_events({"log": []}, version="v3", **options)

    run = await start()
    t.record("values", await read(run.values))
    t.record("then", [await run.output(), await run.interrupted(), await run.interrupts()])
    run = await start()
    t.record("methods", [event["method"] async for event in run])
    run = await start()
    t.record("only the output", await run.output())
    t.record("unread values are not kept", await read(run.values))

    run = await start(transformers=[UpdatesTransformer, CustomTransformer])

    async def handles():
        found = []
        async for handle in run.subgraphs:
            found.append([handle.graph_name, await read(handle.custom), await handle.output(), handle.status])
        return found

    results = await asyncio.gather(read(run.values), read(run.updates), read(run.custom), handles())
    t.record("at once", results)

    async with await start() as run:
        async for value in run.values:
            t.record("one value", value)
            break
    t.record("left early", [await run.output(), await read(run.updates) if hasattr(run, "updates") else None])
    run = await start()
    await run.abort()
    await run.abort()
    t.record("aborted before it began", [await run.output(), await run.interrupted()])
    run = await start()
    one, other = run.values.atee()
    t.record("two readers", [await anext(one), await read(other), await read(one)])
    with t.raises("wrong loop", culprit=["async for"]):
        iter((await start()).values)
