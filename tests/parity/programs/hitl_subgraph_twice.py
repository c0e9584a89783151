"""hitl: Same subgraph twice in a node

One graph called twice in one node: the questions come one after the other, with ids of their own, and are answered in call order; the
first call is not run again for the second; also three times, and with memory of its own.
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
    ran = []

    def ask(state):
        ran.append(f"ask {state['x']}")
        return {"log": [f"{state['x']} {interrupt(state['x'])}"]}

    for memory in (None, True):
        inner = chain(says("before"), ("ask", ask), says("after"), checkpointer=memory)

        def calls(state, inner=inner):
            found = [inner.invoke({"x": n, "log": []})["log"] for n in (1, 2, 3)]
            return {"log": [text for part in found for text in part]}

        async def acalls(state, inner=inner):
            found = [(await inner.ainvoke({"x": n, "log": []}))["log"] for n in (1, 2, 3)]
            return {"log": [text for part in found for text in part]}

        for name, node in [("sync", calls), ("async", acalls)]:
            label, config = f"{memory} {name}", t.thread()
            app = chain(says("first"), ("sub", node), checkpointer=t.saver())
            ids = []
            for step in ({"x": 0}, Command(resume="a"), Command(resume="b")):
                paused = asyncio.run(app.ainvoke(step, config))
                ids.append(paused["__interrupt__"][0].id)
                t.record(f"{label}: pause {len(ids)}", [paused, list(ran)])
                t.snapshot(f"{label}: state {len(ids)}", app.get_state(config, subgraphs=True))
                ran.clear()
            assert len(set(ids)) == 3
            t.record(f"{label}: end", [asyncio.run(app.ainvoke(Command(resume="c"), config)), list(ran)])
            t.history(f"{label}: history", app.get_state_history(config))
            ran.clear()
