"""subgraph: Called in a node

Several calls in one node, of one graph and of two: each keeps its state in a namespace of its own, by order of the calls.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def main(t):
    one, other = chain(says("one")), chain(says("a"), says("b"))

    def calls(state):
        first = one.invoke({"log": ["1"]})["log"]
        second = other.invoke({"log": ["2"]})["log"]
        third = one.invoke({"log": ["3"]})["log"]
        return {"log": [*first, *second, *third]}

    async def acalls(state):
        found = await asyncio.gather(one.ainvoke({"log": ["1"]}), other.ainvoke({"log": ["2"]}))
        return {"log": [text for part in found for text in part["log"]]}

    for name, node in [("in a row", calls), ("at once", acalls)]:
        saver, config = t.saver(), t.thread()
        app = chain(says("first"), ("sub", node), checkpointer=saver)
        t.record(f"{name}: result", asyncio.run(app.ainvoke({}, config)))
        stored = {}
        for found in saver.list(config):
            place = found.config["configurable"]
            stored.setdefault(place["checkpoint_ns"], []).append(
                (found.metadata["source"], found.metadata["step"], found.checkpoint["channel_values"].get("log"))
            )
        t.record(f"{name}: stored", dict(sorted(stored.items(), key=lambda item: (len(item[0]), item[0][-2:]))))
