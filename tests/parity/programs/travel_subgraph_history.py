"""persist: History; persist: Delete

The root's history lists the root's checkpoints only; deleting a thread deletes those of its sub-graphs too, and no other thread's.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
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
    inner = chain(says("c1"), ("ask", lambda state: {"log": [interrupt("?")]}))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as sqlite:
        for name, saver in [("memory", t.saver()), ("sqlite", sqlite)]:
            app = chain(says("first"), ("sub", chain(("inner", inner))), checkpointer=saver)
            gone, kept = t.thread(), t.thread()
            app.invoke({"x": 1}, gone)
            app.invoke({"x": 2}, kept)
            t.record(f"{name}: stored", len(list(saver.list(gone))))
            spaces = {found.config["configurable"]["checkpoint_ns"] for found in app.get_state_history(gone)}
            t.record(f"{name}: root only", spaces)
            t.history(f"{name}: history", app.get_state_history(gone))
            saver.delete_thread(gone["configurable"]["thread_id"])
            t.record(f"{name}: after", [len(list(saver.list(gone))), len(list(saver.list(kept)))])
            t.snapshot(f"{name}: gone", app.get_state(gone, subgraphs=True))
            t.record(f"{name}: starts anew", app.invoke({"x": 3}, gone))
            t.record(f"{name}: goes on", app.invoke(Command(resume="yes"), kept))
