"""control: Command typing

`goto` to a node that is not there is logged and ignored: the update counts, the run goes on with the rest.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(goto):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: Command(goto=goto, update={"log": ["first"]}))
    builder.add_node("second", lambda state: {"log": ["second"]})
    builder.add_edge(START, "first")
    return builder.compile()


TARGETS = {"name": "nobody", "send": Send("nobody", {}), "mixed": ["nobody", "second", Send("nobody", {})]}


def main(t):
    for name, goto in TARGETS.items():
        t.chunks(name, graph(goto).stream({"log": []}, stream_mode=["values", "updates"]))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    for name, goto in TARGETS.items():
        t.record(f"async {name}", await graph(goto).ainvoke({"log": []}))
