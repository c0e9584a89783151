"""control: Parent navigation

Agents as sub-graphs that hand over to each other with commands for the parent, back and forth, with a memory of their own and without.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def agent(name, other, **options):
    def think(state):
        turn = len(state["log"])
        if turn > 6:
            return {"log": [f"{name} ends at {turn}"]}
        return Command(graph=Command.PARENT, goto=other, update={"log": [f"{name} hands over at {turn}"], "x": turn})

    builder = (
        StateGraph(State).add_node("prepare", lambda state: {"log": [f"{name} prepares"]}).add_node("think", think)
    )
    return builder.add_edge(START, "prepare").add_edge("prepare", "think").compile(**options)


def main(t):
    for memory in (None, True, False):
        builder = StateGraph(State).add_node("ada", agent("ada", "eve", checkpointer=memory))
        builder.add_node("eve", agent("eve", "ada", checkpointer=memory)).add_edge(START, "ada")
        app, config = builder.compile(checkpointer=t.saver()), t.thread()
        t.chunks(f"{memory}: chunks", app.stream({"log": ["hello"]}, config, stream_mode=["updates", "values"]))
        t.history(f"{memory}: history", app.get_state_history(config))
        t.record(f"{memory}: async", asyncio.run(app.ainvoke({"log": ["hello"]}, t.thread())))
