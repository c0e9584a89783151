"""hitl: Subgraph state while paused

`get_state(subgraphs=True).tasks[i].state` is the sub-graph's snapshot, without the flag its config, which leads to its state and history;
for a sub-graph that has not begun, one with memory of its own, one without, and checkpoints of the past.
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


def says(name):
    return name, lambda state: {"log": [name]}


def main(t):
    def ask(state):
        return {"log": [interrupt("?")]}

    for memory in (None, True, False):
        inner = chain(says("before"), ("ask", ask), says("after"), checkpointer=memory)
        app = chain(says("first"), ("sub", inner), says("last"), checkpointer=t.saver())
        config = t.thread()
        app.invoke({"x": 1}, config, interrupt_before=["sub"])
        t.snapshot(f"{memory}: not begun", app.get_state(config, subgraphs=True))
        app.invoke(None, config)
        t.snapshot(f"{memory}: paused", app.get_state(config, subgraphs=True))
        t.snapshot(f"{memory}: its config", app.get_state(config))
        t.snapshot(f"{memory}: async", asyncio.run(app.aget_state(config, subgraphs=True)))
        place = app.get_state(config).tasks[0].state
        if place is not None:
            t.snapshot(f"{memory}: by its config", app.get_state(place))
            found = list(app.get_state_history(place))
            t.history(f"{memory}: its history", found)
            t.snapshot(f"{memory}: one of them", app.get_state(found[1].config))
            t.history(f"{memory}: the newest", app.get_state_history(place, limit=1))
            t.history(f"{memory}: inputs", app.get_state_history(place, filter={"source": "input"}))
            t.history(f"{memory}: before", app.get_state_history(place, before=found[0].config))
        app.invoke(Command(resume="yes"), config)
        t.history(f"{memory}: history", app.get_state_history(config))
        paused = next(found for found in app.get_state_history(config) if found.next == ("sub",))
        t.snapshot(f"{memory}: in the past", app.get_state(paused.config, subgraphs=True))
        unknown = {"configurable": {**config["configurable"], "checkpoint_ns": "nobody"}}
        t.snapshot(f"{memory}: unknown place", app.get_state(unknown))
        with t.raises(f"{memory}: update of an unknown place", culprit=["nobody"]):
            app.update_state(unknown, {"x": 2})
