"""build: Low-level runtime; exec: Config keys

Callbacks hear of the pieces of code in a node made with a `NodeBuilder`, each below the node; a node without code is not heard of.
"""

from __future__ import annotations

import asyncio

from actograph.channels import EphemeralValue
from actograph.pregel import NodeBuilder, Pregel
from langchain_core.runnables import RunnableLambda
from tests.parity.listener import Listener


def double(x):
    return x + x


async def ask(x):
    return x + "?"


def main(t):
    def graph(*pieces, **metadata):
        node = NodeBuilder().subscribe_only("a").meta("own", **metadata)
        for piece in pieces:
            node = node.do(piece)
        channels = {"a": EphemeralValue(str), "b": EphemeralValue(str)}
        return Pregel(nodes={"one": node.write_to("b")}, channels=channels, input_channels=["a"], output_channels=["b"])

    exclaim = RunnableLambda(lambda x: x + "!")
    cases = {
        "function": [double],
        "functions": [double, lambda x: x + "."],
        "runnable": [exclaim],
        "both": [exclaim, double],
        "sequence": [exclaim | exclaim, double],
        "nothing": [],
    }
    for name, pieces in cases.items():
        listener = Listener()
        t.record(name, graph(*pieces, k=1).invoke({"a": "x"}, {"callbacks": [listener], "tags": ["T"]}))
        t.record(f"{name}: heard", listener.heard)
    listener = Listener()
    t.record("async", asyncio.run(graph(ask, double).ainvoke({"a": "x"}, {"callbacks": [listener]})))
    t.record("async: heard", listener.heard)
