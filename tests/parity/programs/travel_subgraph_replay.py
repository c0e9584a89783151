"""travel: Replay; subgraph: As node

Replaying the root from before, inside and after a sub-graph's superstep, for sub-graphs that inherit, and that keep a memory over two
turns: what runs again, what they start from, questions asked anew, and the history of both.
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

    for memory in (None, True):
        for asks in (False, True):
            label = f"{memory} {asks}"
            inner = chain(notes("c1"), ("ask", ask) if asks else notes("c2"), notes("c3"), checkpointer=memory)
            app = chain(notes("first"), ("sub", inner), notes("last"), checkpointer=t.saver())
            config = t.thread()
            for turn in range(2):
                app.invoke({"x": turn}, config)
                if asks:
                    app.invoke(Command(resume=f"of turn {turn}"), config)
            ran.clear()
            for node in ("last", "sub", "first"):
                past = [found for found in app.get_state_history(config) if found.next == (node,)][-1]
                t.record(f"{label}: from before {node}", [app.invoke(None, past.config), list(ran)])
                ran.clear()
                if app.get_state(config).interrupts:
                    t.snapshot(f"{label}: paused before {node}", app.get_state(config, subgraphs=True))
                    t.record(
                        f"{label}: answered before {node}", [app.invoke(Command(resume="again"), config), list(ran)]
                    )
                    ran.clear()
            t.history(f"{label}: history", app.get_state_history(config))
            if memory:
                place = {"configurable": {**config["configurable"], "checkpoint_ns": "sub"}}
                t.history(f"{label}: history below", app.get_state_history(place))
