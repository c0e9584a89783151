"""build: Add node

A node is a function (its name by default), a named function, a lambda, a callable object, a partial or a bound
method; all forms have their async twin under `ainvoke`.
"""

from __future__ import annotations

import asyncio
import functools
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], operator.add]


def plain_function(state):
    return {"trail": ["plain"]}


class Adder:
    def __init__(self, name):
        self.name = name

    def __call__(self, state):
        return {"trail": [self.name]}

    def method(self, state):
        return {"trail": [f"{self.name}.method"]}


class AsyncAdder(Adder):
    async def __call__(self, state):
        await asyncio.sleep(0)
        return {"trail": [self.name]}

    async def method(self, state):
        return {"trail": [f"{self.name}.method"]}


async def coroutine(state):
    await asyncio.sleep(0)
    return {"trail": ["coroutine"]}


def with_prefix(prefix, state):
    return {"trail": [prefix]}


async def async_with_prefix(prefix, state):
    return {"trail": [prefix]}


def chain(*nodes):
    builder = StateGraph(State)
    for node in nodes:
        builder.add_node(*node) if isinstance(node, tuple) else builder.add_node(node)
    names = list(builder.nodes)
    builder.add_edge(START, names[0])
    for left, right in zip(names, names[1:], strict=False):
        builder.add_edge(left, right)
    return names, builder.compile()


def main(t):
    names, app = chain(
        plain_function,
        ("named", plain_function),
        ("lambda", lambda state: {"trail": ["lambda"]}),
        Adder("object"),
        ("object2", Adder("object2")),
        ("partial", functools.partial(with_prefix, "partial")),
        Adder("bound").method,
    )
    t.record("sync names", names)
    t.record("sync", app.invoke({"trail": []}))
    t.record("sync forms, async run", asyncio.run(app.ainvoke({"trail": []})))
    names, app = chain(
        coroutine,
        ("async object", AsyncAdder("async object")),
        ("async partial", functools.partial(async_with_prefix, "async partial")),
        AsyncAdder("bound").method,
        plain_function,
    )
    t.record("async names", names)
    t.record("async", asyncio.run(app.ainvoke({"trail": []})))
