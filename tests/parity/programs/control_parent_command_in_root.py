"""control: Parent navigation

In a root graph there is no parent: `Command(graph=PARENT)` leaves the run as ParentCommand, sync and async.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.errors import ParentCommand
from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: int


async def asynchronous(state):
    return Command(graph=Command.PARENT, goto="b", update={"x": 1})


def synchronous(state):
    return Command(graph=Command.PARENT, goto="b", update={"x": 1})


def graph(node):
    return StateGraph(State).add_node("a", node).add_node("b", lambda state: {"x": 5}).add_edge(START, "a").compile()


def main(t):
    caught = []
    for run in (lambda: graph(synchronous).invoke({}), lambda: asyncio.run(graph(asynchronous).ainvoke({}))):
        try:
            run()
        except ParentCommand as signal:
            caught.append(
                [type(signal).__name__, isinstance(signal, Exception), signal.args[0].goto, signal.args[0].update]
            )
    t.record("caught", caught)
