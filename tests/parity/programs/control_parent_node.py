"""control: Parent navigation

`Command(graph=PARENT)` from a sub-graph as a node and called in one: the nearest parent applies update and goto, static edges of the
calling node run too; nested graphs; what is stored of the sub-graph.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def graph(t, node, called=False, edges=(), saver=None, deep=False):
    inner = (
        StateGraph(State)
        .add_node("c1", node)
        .add_node(*says("c2"))
        .add_edge(START, "c1")
        .add_edge("c1", "c2")
        .compile()
    )
    if deep:
        mid = (
            StateGraph(State)
            .add_node("m1", inner)
            .add_node(*says("m2"))
            .add_node("other", lambda state: {"log": ["mid other"]})
        )
        inner = mid.add_edge(START, "m1").add_edge("m1", "m2").compile()

    def calls(state):
        found = inner.invoke({"x": state["x"], "log": []})
        return {"log": ["called", *found["log"]]}

    builder = StateGraph(State).add_node("sub", calls if called else inner)
    for name in ("after", "other"):
        builder.add_node(*says(name))
    builder.add_edge(START, "sub")
    for start, end in edges:
        builder.add_edge(start, end)
    return builder.compile(checkpointer=saver)


def main(t):
    def go(state):
        return Command(graph=Command.PARENT, goto="other", update={"x": state["x"] + 1, "log": ["from below"]})

    async def ago(state):
        return go(state)

    for name, node in [("sync", go), ("async", ago)]:
        for called in (False, True) if name == "sync" else (False,):
            for edges in ([], [("sub", "after")]):
                for deep in (False, True):
                    label, config, saver = f"{name} {called} {edges} {deep}", t.thread(), t.saver()
                    app = graph(t, node, called, edges, saver, deep)
                    t.record(f"{label}: result", asyncio.run(app.ainvoke({"x": 1, "log": ["in"]}, config)))
                    t.chunks(
                        f"{label}: chunks",
                        graph(t, go, called, edges, None, deep).stream({"x": 1}, stream_mode="updates"),
                        parallel=[("after", "other")],
                    )
                    t.history(f"{label}: history", app.get_state_history(config))
                    stored = [found.config for found in saver.list(config)]
                    t.record(
                        f"{label}: stored", sorted(stored, key=lambda found: found["configurable"]["checkpoint_ns"])
                    )
