"""travel: Replay; subgraph: Checkpointer

From a checkpoint of the sub-graph itself: the root goes on from the superstep it was made in; a sub-graph with memory of its own goes on
from exactly that checkpoint, or from a fork of it; one that inherits starts afresh.
"""

from __future__ import annotations

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


def main(t):
    ran = []

    def notes(name):
        def node(state):
            ran.append(name)
            return {"log": [name]}

        return name, node

    def ask(state):
        ran.append("ask")
        return {"log": [f"answer {interrupt('?')}"]}

    def done(app, given, config):
        found = [app.invoke(given, config), list(ran)]
        ran.clear()
        return found

    for memory in (None, True):
        inner = chain(notes("c1"), ("ask", ask), notes("c3"), checkpointer=memory)
        app = chain(notes("first"), ("sub", inner), notes("last"), checkpointer=t.saver())
        config = t.thread()
        app.invoke({"x": 1}, config)
        place = app.get_state(config, subgraphs=True).tasks[0].state.config
        place = {"configurable": {key: place["configurable"][key] for key in ("thread_id", "checkpoint_ns")}}
        app.invoke(Command(resume="yes"), config)
        ran.clear()
        for node in ("c3", "ask", "c1"):
            past = [found for found in app.get_state_history(place) if found.next == (node,)][-1]
            t.record(f"{memory}: before {node}", done(app, None, past.config))
            if app.get_state(config).next:
                t.snapshot(f"{memory}: paused, before {node}", app.get_state(config, subgraphs=True))
                t.record(f"{memory}: answered, before {node}", done(app, Command(resume="again"), config))
        past = [found for found in app.get_state_history(place) if found.next == ("ask",)][-1]
        fork = app.update_state(past.config, {"log": ["forked"]})
        t.record(f"{memory}: fork", fork)
        t.record(f"{memory}: from the fork", done(app, None, fork))
        t.record(f"{memory}: answered in the fork", done(app, Command(resume="forked"), config))
        t.history(f"{memory}: history", app.get_state_history(config))
        t.history(f"{memory}: history below", app.get_state_history(place))
