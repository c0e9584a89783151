"""build: Low-level runtime

`Pregel` of nodes and channels: one node, two in a row, a topic, a reducer, a cycle that ends when nothing is written.
"""

from __future__ import annotations

import asyncio
import importlib

from actograph.channels import BinaryOperatorAggregate, EphemeralValue, LastValue, Topic
from actograph.pregel import NodeBuilder, Pregel


def twice(value):
    return value + value


def join(left, right):
    return f"{left} | {right}" if left else right


async def shout(value):
    return value.upper()


def main(t):
    entry = importlib.import_module("actograph.pregel._write").ChannelWriteEntry
    one = NodeBuilder().subscribe_only("a").do(twice).write_to("b")
    app = Pregel(
        nodes={"one": one},
        channels={"a": EphemeralValue(str), "b": EphemeralValue(str)},
        input_channels=["a"],
        output_channels=["b"],
    )
    t.record("one", app.invoke({"a": "foo"}))
    t.record("async", asyncio.run(app.ainvoke({"a": "foo"})))
    assert app.invoke({"a": "foo"}) == {"b": "foofoo"}
    two = NodeBuilder().subscribe_only("b").do(twice).write_to("c")
    app = Pregel(
        nodes={"one": one, "two": two},
        channels={"a": EphemeralValue(str), "b": LastValue(str), "c": EphemeralValue(str)},
        input_channels=["a"],
        output_channels=["b", "c"],
    )
    t.record("two", app.invoke({"a": "foo"}))
    t.record("two, chunks", list(app.stream({"a": "foo"}, stream_mode=["values", "updates"])))
    both = NodeBuilder().subscribe_only("a").do(twice).write_to("b", "c")
    more = NodeBuilder().subscribe_to("b").do(lambda found: twice(found["b"])).write_to("c")
    for label, kind in {"topic": Topic(str, accumulate=True), "reducer": BinaryOperatorAggregate(str, join)}.items():
        app = Pregel(
            nodes={"both": both, "more": more},
            channels={"a": EphemeralValue(str), "b": EphemeralValue(str), "c": kind},
            input_channels=["a"],
            output_channels=["c"],
        )
        t.record(label, app.invoke({"a": "foo"}))
    longer = NodeBuilder().subscribe_only("v").do(lambda text: text + text if len(text) < 10 else None)
    app = Pregel(
        nodes={"longer": longer.write_to(entry("v", skip_none=True))},
        channels={"v": EphemeralValue(str)},
        input_channels=["v"],
        output_channels=["v"],
    )
    t.record("cycle", app.invoke({"v": "a"}))
    t.record("cycle, chunks", list(app.stream({"v": "a"})))
    several = NodeBuilder().subscribe_only("a").do(twice).do(shout).do(lambda text: text + "!").write_to("b")
    app = Pregel(
        nodes={"several": several},
        channels={"a": LastValue(str), "b": LastValue(str)},
        input_channels="a",
        output_channels="b",
    )
    t.record("several functions", asyncio.run(app.ainvoke("x")))
