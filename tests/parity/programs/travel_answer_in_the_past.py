"""travel: Replay; hitl: Resume map

A checkpoint of the past that still waits is answered through its config, after the thread has moved on: it is gone on from as it is, in
a sub-graph too; what had finished beside the question runs again.
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
    ran = []

    def ask(state):
        ran.append("ask")
        return {"log": [f"answer {interrupt('?')}"]}

    def beside(state):
        ran.append("beside")
        return {"log": ["beside"]}

    inner = chain(says("before"), ("ask", ask))
    for name, node in [("node", ask), ("sub-graph", inner)]:
        builder = StateGraph(State).add_node("ask", node).add_node("beside", beside).add_node(*says("last"))
        builder.add_edge(START, "ask").add_edge(START, "beside").add_edge("ask", "last")
        app = builder.compile(checkpointer=t.saver())
        for moved in ("input", "update"):
            for how in ("bare", "map", "update too"):
                label, config = f"{name}, {moved}, {how}", t.thread()
                app.invoke({"x": 1}, config)
                paused = next(iter(app.get_state_history(config)))
                if moved == "input":
                    app.invoke({"x": 2}, config)
                else:
                    app.update_state(config, {"x": 5}, as_node="last")
                ran.clear()
                answer = "yes" if how == "bare" else {paused.interrupts[0].id: "yes"}
                update = {"log": ["updated"]} if how == "update too" else None
                t.record(
                    f"{label}: end", [app.invoke(Command(resume=answer, update=update), paused.config), sorted(ran)]
                )
                t.history(f"{label}: history", app.get_state_history(config))
