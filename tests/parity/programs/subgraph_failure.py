"""subgraph: As node; subgraph: Called in a node

A failure inside: the error shows on both tasks; `None` goes on inside, what had finished there is not run again; a new input starts
afresh; with memory of its own it starts on what it has.
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
    ran, broken = [], [True]

    def breaks(state):
        ran.append("breaks")
        if broken[0]:
            raise ValueError("boom")
        return {"log": ["mended"]}

    def notes(state):
        ran.append("notes")
        return {"log": ["noted"]}

    def called(state):
        ran.append("called")
        return {"log": inner.invoke({"log": ["in"]})["log"]}

    async def acalled(state):
        return {"log": (await inner.ainvoke({"log": ["in"]}))["log"]}

    for memory in (None, True, False):
        inner = chain(("notes", notes), ("breaks", breaks), checkpointer=memory)
        for name, node in [("node", inner), ("called", called), ("acalled", acalled)]:
            label, config = f"{memory} {name}", t.thread()
            app = chain(says("first"), ("sub", node), says("last"), checkpointer=t.saver())
            broken[0] = True
            with t.raises(f"{label}: run", culprit=["boom"]):
                asyncio.run(app.ainvoke({"x": 1}, config))
            t.snapshot(f"{label}: failed", app.get_state(config, subgraphs=True))
            broken[0] = False
            t.record(f"{label}: goes on", [asyncio.run(app.ainvoke(None, config)), list(ran)])
            t.history(f"{label}: history", app.get_state_history(config))
            broken[0] = True
            with t.raises(f"{label}: again"):
                asyncio.run(app.ainvoke({"x": 2}, config))
            broken[0] = False
            ran.clear()
            t.record(f"{label}: new input", [asyncio.run(app.ainvoke({"x": 3}, config)), list(ran)])
            ran.clear()
