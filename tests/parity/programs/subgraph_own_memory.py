"""subgraph: Checkpointer

`checkpointer=True`: the sub-graph keeps its own state over the runs of a thread, in a namespace without task ids; as a node, called in a
node, called twice; another thread starts anew; a graph on its own refuses it.
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
    remembers = chain(says("one"), says("two"), checkpointer=True)

    def calls(state):
        return {"log": [*remembers.invoke({"log": ["in"]})["log"], "end"]}

    def twice(state):
        return {"log": [*remembers.invoke({"log": ["in"]})["log"], "|", *remembers.invoke({"log": ["IN"]})["log"]]}

    async def acalls(state):
        return {"log": [*(await remembers.ainvoke({"log": ["in"]}))["log"], "end"]}

    for name, node in [("node", remembers), ("called", calls), ("twice", twice), ("async", acalls)]:
        saver, config = t.saver(), t.thread()
        app = chain(says("first"), ("sub", node), checkpointer=saver)
        for run in range(3):
            t.record(f"{name}: run {run}", asyncio.run(app.ainvoke({"x": run}, config)))
        t.record(f"{name}: another thread", asyncio.run(app.ainvoke({"x": 9}, t.thread())))
        t.record(
            f"{name}: stored", [(found.config, found.parent_config, found.metadata) for found in saver.list(config)]
        )
        place = {"configurable": {**config["configurable"], "checkpoint_ns": "sub"}}
        t.history(f"{name}: history", app.get_state_history(place))
        t.snapshot(f"{name}: state", app.get_state(place))
    with t.raises("alone"):
        remembers.invoke({})
    app = chain(says("first"), ("sub", remembers))
    t.record("without a saver", [app.invoke({}, t.thread()), app.invoke({})])
