"""hitl: In subgraphs; hitl: Subgraph state while paused

Three levels, the outer two mixed as nodes and calls: only the asking node runs again besides those that call; states at every level.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def calling(graph, ran):
    async def calls(state):
        ran.append("outer")
        return {"log": (await graph.ainvoke({"log": []}))["log"]}

    return calls


def main(t):
    ran = []

    def notes(name):
        def node(state):
            ran.append(name)
            return {"log": [name]}

        return name, node

    def ask(state):
        ran.append("ask")
        return {"log": [interrupt("deep?")]}

    deep = chain(notes("d1"), ("ask", ask), notes("d3"))

    def calls(state):
        ran.append("calls")
        return {"log": deep.invoke({"log": []})["log"]}

    for name, middle in [("nodes", deep), ("called", calls)]:
        mid = chain(notes("m1"), ("inner", middle), notes("m3"))

        for kind, node in [("node", mid), ("called", calling(mid, ran))]:
            label, config = f"{name} in {kind}", t.thread()
            app = chain(notes("first"), ("sub", node), notes("last"), checkpointer=t.saver())
            t.record(f"{label}: pause", asyncio.run(app.ainvoke({"x": 1}, config)))
            ran.clear()
            t.snapshot(f"{label}: state", app.get_state(config, subgraphs=True))
            t.snapshot(f"{label}: without", app.get_state(config))
            below = app.get_state(config).tasks[0].state
            t.snapshot(f"{label}: one level down", app.get_state(below))
            further = app.get_state(below).tasks[0].state
            t.snapshot(f"{label}: two levels down", app.get_state(further))
            t.history(f"{label}: history below", app.get_state_history(further))
            t.record(f"{label}: answered", [asyncio.run(app.ainvoke(Command(resume="yes"), config)), list(ran)])
            ran.clear()
            t.history(f"{label}: history", app.get_state_history(config))
