"""state: Two writers, no reducer
control: Send

Two tasks of one node write a key without reducer: the error names the key.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    total: int
    log: Annotated[list[str], operator.add]


def graph(double):
    builder = StateGraph(State)
    builder.add_node("work", lambda state: {"total": state["n"]})
    builder.add_node("twice", lambda state: [{"total": 1}, Command(update={"total": 2})])
    if double:
        builder.add_edge(START, "twice")
    else:
        builder.add_conditional_edges(START, lambda state: [Send("work", {"n": n}) for n in (1, 2)], ["work"])
    return builder.compile()


def main(t):
    with t.raises("two sends", culprit=["total", "work"]):
        graph(False).invoke({"log": []})
    with t.raises("one node twice", culprit=["total", "twice"]):
        graph(True).invoke({"log": []})
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    with t.raises("async two sends", culprit=["total"]):
        await graph(False).ainvoke({"log": []})
