"""subgraph: Checkpointer; durability: Modes

The durability of a run holds for its sub-graphs: what is stored of them when all is done, and when they pause.
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


def spaces(saver, config):
    found = [(entry.config["configurable"]["checkpoint_ns"], entry.metadata) for entry in saver.list(config)]
    return sorted(found, key=lambda entry: (bool(entry[0]), entry[1]["step"]))


def main(t):
    inner = chain(says("one"), says("two"))
    asks = chain(says("before"), ("ask", lambda state: {"log": [interrupt("?")]}), says("after"))
    for mode in ("sync", "async", "exit"):
        saver, config = t.saver(), t.thread()
        app = chain(says("first"), ("sub", inner), says("last"), checkpointer=saver)
        t.record(f"{mode}: result", app.invoke({"x": 1}, config, durability=mode))
        t.record(f"{mode}: stored", spaces(saver, config))
        saver, config = t.saver(), t.thread()
        app = chain(says("first"), ("sub", asks), says("last"), checkpointer=saver)
        t.record(f"{mode}: pause", app.invoke({"x": 1}, config, durability=mode))
        t.record(f"{mode}: stored while paused", spaces(saver, config))
        t.snapshot(f"{mode}: state", app.get_state(config, subgraphs=True))
        t.record(f"{mode}: answered", app.invoke(Command(resume="yes"), config, durability=mode))
        t.record(f"{mode}: stored in the end", spaces(saver, config))
