"""travel: update_state; subgraph: As node

The state of a paused sub-graph is changed through its config, as the node that ran last, as another, in bulk: what it then runs, and the
answer that comes afterwards; as a node, called, with memory of its own, three levels deep, sync and async.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt, StateUpdate


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def calling(graph):
    return lambda state: {"log": graph.invoke({"x": 5, "log": ["in"]})["log"]}


def main(t):
    def ask(state):
        return {"log": [f"answer {interrupt('?')}"]}

    def graphs():
        for memory in (None, True):
            inner = chain(says("c1"), ("ask", ask), says("c3"), checkpointer=memory)
            yield f"{memory} node", inner
            yield f"{memory} called", calling(inner)
        yield "deep", chain(says("m1"), ("inner", chain(says("c1"), ("ask", ask), says("c3"))))

    for label, node in graphs():
        app = chain(says("first"), ("sub", node), says("last"), checkpointer=t.saver())

        def paused(app=app):
            config = t.thread()
            app.invoke({"x": 1}, config)
            state = app.get_state(config, subgraphs=True)
            while state.tasks[0].state is not None:
                state = state.tasks[0].state
            return config, state.config

        config, below = paused()
        t.record(f"{label}: config", app.update_state(below, {"log": ["edited"]}))
        t.snapshot(f"{label}: edited", app.get_state(config, subgraphs=True))
        t.record(f"{label}: answered", app.invoke(Command(resume="yes"), config))
        t.history(f"{label}: history", app.get_state_history(config))
        t.history(
            f"{label}: history below",
            app.get_state_history(
                {"configurable": {key: below["configurable"][key] for key in ("thread_id", "checkpoint_ns")}}
            ),
        )
        config, below = paused()
        app.update_state(below, {"log": ["instead"]}, as_node="ask")
        t.snapshot(f"{label}: instead of ask", app.get_state(config, subgraphs=True))
        t.record(f"{label}: goes on", app.invoke(None, config))
        config, below = paused()
        asyncio.run(app.aupdate_state(below, {"log": ["back"]}, as_node="c1"))
        t.record(f"{label}: back at c1", asyncio.run(app.ainvoke(Command(resume="yes"), config)))
        config, below = paused()
        app.bulk_update_state(below, [[StateUpdate({"log": ["a"]}, "c1")], [StateUpdate({"log": ["b"]}, "ask")]])
        t.record(f"{label}: in bulk", app.invoke(None, config))
