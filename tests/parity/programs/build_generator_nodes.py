"""build: Add node

A node may be a generator function: its result is what it yields, added up, or the last piece where pieces do not add.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    n: int
    log: Annotated[list[str], operator.add]


class Piece(dict):
    def __add__(self, other):
        return Piece({key: self.get(key, []) + other.get(key, []) for key in {**self, **other}})


def compiled(node):
    builder = StateGraph(State).add_node("node", node)
    builder.add_edge(START, "node")
    return builder.compile()


def main(t):
    def last(state):
        yield {"n": state["n"] + 1, "log": ["first"]}
        yield {"log": ["last"]}

    def added(state, config):
        yield Piece(log=["first"])
        yield Piece(log=[config["configurable"]["who"]])

    def nothing(state):
        yield from ()

    async def later(state):
        yield {"log": ["first"]}
        await asyncio.sleep(0)
        yield {"n": state["n"] + 2}

    def fails(state):
        yield {"n": 5}
        raise ValueError("half way")

    t.record("last", compiled(last).invoke({"n": 1}))
    t.record("added", compiled(added).invoke({"n": 1}, {"configurable": {"who": "me"}}))
    t.record("nothing", compiled(nothing).invoke({"n": 1}))
    t.record("chunks", list(compiled(last).stream({"n": 1}, stream_mode="updates")))
    t.record("async", asyncio.run(compiled(later).ainvoke({"n": 1})))
    t.record("sync in a loop", asyncio.run(compiled(last).ainvoke({"n": 1})))
    with t.raises("fails"):
        compiled(fails).invoke({"n": 1})
