"""durability: Modes

Under `sync` a node finds the superstep before it in the saver; under `exit` it finds nothing until the run ends.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, config):
    def look(state):
        found = saver.get_tuple(config)
        return {"log": ["nothing" if found is None else f"step {found.metadata['step']}"]}

    builder = StateGraph(State)
    builder.add_sequence([("one", look), ("two", look), ("three", look)])
    builder.add_edge(START, "one")
    return builder.compile(checkpointer=saver)


def main(t):
    for mode in ("sync", "exit"):
        config = t.thread()
        app = graph(t.saver(), config)
        t.record(mode, app.invoke({"log": []}, config, durability=mode))
        t.record(f"{mode}, once more", app.invoke({"log": []}, config, durability=mode))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    for mode in ("sync", "exit"):
        config = t.thread()
        app = graph(t.saver(), config)
        t.record(f"async {mode}", await app.ainvoke({"log": []}, config, durability=mode))
