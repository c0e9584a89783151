"""exec: Config keys; subgraph: Called in a node

Callbacks, tags and metadata pass into sub-graphs, as nodes and called inside nodes; callbacks, tags and metadata given
to the inner graph are added; `with_config` holds callbacks too; the inner graph's run name is its own.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from tests.parity.listener import Listener


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def leaf(state):
    return {"log": ["leaf"]}


def main(t):
    inner = StateGraph(State).add_node("leaf", leaf).add_edge(START, "leaf").compile(name="inner")
    own = Listener(metadata=True)

    def call(state):
        given = {"callbacks": [own], "tags": ["IN"], "metadata": {"inside": 1}, "run_name": "called"}
        inner.invoke({"x": 2}, given)
        return {"log": ["called"]}

    def pass_on(state, config):
        inner.invoke({"x": 3}, config)
        return {"log": ["passed on"]}

    async def acall(state):
        await inner.ainvoke({"x": 4})
        return {"log": ["awaited"]}

    for label, node in (("as a node", inner), ("called", call), ("config passed on", pass_on)):
        app = StateGraph(State).add_node("outer", node).add_edge(START, "outer").compile()
        listener = Listener(metadata=True)
        app.invoke({"x": 1}, {"callbacks": [listener], "tags": ["OUT"], "metadata": {"m": 1}, "run_name": "top"})
        t.record(label, listener.heard)
    t.record("its own callbacks", own.heard)
    app = StateGraph(State).add_node("outer", acall).add_edge(START, "outer").compile()
    listener = Listener(metadata=True)
    asyncio.run(app.ainvoke({"x": 1}, {"callbacks": [listener], "tags": ["OUT"]}))
    t.record("awaited", listener.heard)
    bound, given = Listener(), Listener()
    inner.with_config({"callbacks": [bound], "tags": ["bound"], "run_name": "named"}).invoke(
        {"x": 1}, {"callbacks": [given], "tags": ["given"]}
    )
    t.record("bound", bound.heard)
    t.record("given", given.heard)
