"""exec: Run methods; errors: Classes

A node's exception reaches the caller as it is, with a note that names the node; chunks before it were delivered; a
failing router fails the run as well; an error in one of several parallel nodes is the run's error.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class Custom(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def fails(state):
    raise Custom(7, "from the node")


async def afails(state):
    await asyncio.sleep(0)
    raise Custom(8, "from the async node")


def graph(node, route=None):
    builder = StateGraph(State).add_node("first", lambda state: {"log": ["first"]}).add_node("culprit", node)
    builder.add_edge(START, "first").add_edge("first", "culprit")
    if route:
        builder.add_conditional_edges("culprit", route)
    return builder.compile()


def caught(run):
    try:
        run()
    except Custom as error:
        notes = getattr(error, "__notes__", [])
        return [error.code, str(error), len(notes), all("culprit" in note for note in notes)]


def main(t):
    t.record("invoke", caught(lambda: graph(fails).invoke({})))
    t.record("ainvoke", caught(lambda: asyncio.run(graph(afails).ainvoke({}))))
    t.record("sync node in ainvoke", caught(lambda: asyncio.run(graph(fails).ainvoke({}))))
    t.record("router", caught(lambda: graph(lambda state: {"log": ["ok"]}, fails).invoke({})))
    seen = []
    with t.raises("stream"):
        for chunk in graph(fails).stream({"log": ["in"]}, stream_mode=["values", "updates"]):
            seen.append(chunk)
    t.chunks("chunks", seen)
    errors = [KeyError("k"), TimeoutError("t"), FileNotFoundError(2, "f"), ExceptionGroup("g", [ValueError("v")])]
    for error in errors:

        def node(state, error=error):
            raise error

        with t.raises(type(error).__name__):
            graph(node).invoke({})
