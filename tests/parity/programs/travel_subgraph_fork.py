"""travel: Fork; subgraph: As node

A fork of the root before a sub-graph's superstep: the sub-graph starts afresh on the fork's state, one with memory from what it had
before the checkpoint that was forked.
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


def says(name):
    return name, lambda state: {"log": [name]}


def main(t):
    def ask(state):
        return {"log": [f"answer {interrupt('?')}"]}

    for memory in (None, True):
        for asks in (False, True):
            label = f"{memory} {asks}"
            inner = chain(says("c1"), ("ask", ask) if asks else says("c2"), checkpointer=memory)
            app = chain(says("first"), ("sub", inner), says("last"), checkpointer=t.saver())
            config = t.thread()
            for turn in range(2):
                app.invoke({"x": turn}, config)
                if asks:
                    app.invoke(Command(resume=f"of turn {turn}"), config)
            past = [found for found in app.get_state_history(config) if found.next == ("sub",)][-1]
            forked = app.update_state(past.config, {"log": ["forked"]}, as_node="first")
            t.record(f"{label}: config", forked)
            t.snapshot(f"{label}: forked", app.get_state(config))
            t.record(f"{label}: runs", app.invoke(None, forked))
            if asks:
                t.record(f"{label}: answered", app.invoke(Command(resume="of the fork"), config))
            t.history(f"{label}: history", app.get_state_history(config))
