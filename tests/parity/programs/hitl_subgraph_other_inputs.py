"""hitl: In subgraphs

While a sub-graph waits: None asks again, a new input starts afresh, an answer may come with an update or a goto for the graph around it.
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
        return {"log": [f"{state['x']} {interrupt('?')}"]}

    def before(state):
        ran.append("before")
        return {"log": ["before"]}

    for memory in (None, True):
        inner = chain(("before", before), ("ask", ask), says("after"), checkpointer=memory)
        inputs = {
            "none": [None, Command(resume="a")],
            "new input": [{"x": 2}, Command(resume="a")],
            "update": [Command(resume="a", update={"x": 7, "log": ["updated"]})],
            "goto": [Command(goto="last"), Command(resume="a")],
            "goto with the answer": [Command(resume="a", goto="last")],
        }
        for name, steps in inputs.items():
            app, config = chain(says("first"), ("sub", inner), says("last"), checkpointer=t.saver()), t.thread()
            app.invoke({"x": 1}, config)
            ran.clear()
            for number, step in enumerate(steps):
                t.record(f"{memory}, {name}: {number}", [app.invoke(step, config), list(ran)])
                ran.clear()
            t.history(f"{memory}, {name}: history", app.get_state_history(config))
