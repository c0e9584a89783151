"""build: Low-level runtime

What nodes read and write: one channel or several, fixed values, functions of the result, None, several inputs, outputs that fade.
"""

from __future__ import annotations

import importlib

from actograph.channels import AnyValue, EphemeralValue, LastValue, Topic, UntrackedValue
from actograph.pregel import NodeBuilder, Pregel


def same(value):
    return value


def graph(nodes, names, inputs="a", outputs="o", more=None, **options):
    channels = {name: LastValue(object) for name in names} | (more or {})
    return Pregel(nodes=nodes, channels=channels, input_channels=inputs, output_channels=outputs, **options)


def written(label, t, node, outputs=("b", "c")):
    app = graph({"n": node}, "abc", outputs=list(outputs))
    t.record(label, [app.invoke("x"), list(app.stream("x", stream_mode="updates"))])


def only():
    return NodeBuilder().subscribe_only("a").do(same)


def main(t):
    entry = importlib.import_module("actograph.pregel._write").ChannelWriteEntry
    written("fixed", t, only().write_to("b", c="fixed"))
    written("fixed none", t, only().write_to("b", c=None))
    written("function", t, only().write_to("b", c=lambda value: value * 3))
    written("none", t, NodeBuilder().subscribe_only("a").do(lambda value: None).write_to("b"))
    written(
        "skip none", t, NodeBuilder().subscribe_only("a").do(lambda value: None).write_to(entry("b", skip_none=True))
    )
    written("skip after function", t, only().write_to(entry("b", mapper=lambda value: None, skip_none=True)))
    written("entry value", t, only().write_to(entry("b", "v"), entry("c", mapper=str.upper)))
    written("no function", t, NodeBuilder().subscribe_only("a").write_to("b").write_to("c"))
    written("nothing written", t, only())
    seen = []

    def see(value):
        seen.append(value)
        return value

    readers = {
        "dict": NodeBuilder().subscribe_to("a", "b").read_from("c"),
        "no read": NodeBuilder().subscribe_to("a", read=False),
        "other read": NodeBuilder().subscribe_to("a", read=False).read_from("b", "c"),
        "twice": NodeBuilder().subscribe_to("a").subscribe_to("b"),
    }
    for label, node in readers.items():
        app = graph({"n": node.do(see).write_to("o")}, "abco", ["a", "b"], ["o"])
        t.record(f"read: {label}", [app.invoke({"a": 1}), app.invoke({"a": 1, "b": 2}), app.invoke({"b": 2, "zz": 3})])
    t.record("seen", seen)
    for kind in (EphemeralValue, Topic, UntrackedValue, AnyValue, LastValue):
        nodes = {"n": only().write_to("o", "m"), "k": NodeBuilder().subscribe_only("m").do(same).write_to("z")}
        for outputs in ("o", ["o"], ["o", "z"]):
            app = graph(nodes, "amz", outputs=outputs, more={"o": kind(object)})
            found = [app.invoke(1), list(app.stream(1, stream_mode=["values", "updates"]))]
            t.record(f"{kind.__name__} {outputs}", found)
    shown = {"all": None, "one": "z", "list": ["z", "o"]}
    for label, channels in shown.items():
        nodes = {"n": only().write_to("o"), "k": NodeBuilder().subscribe_only("o").do(same).write_to("z")}
        app = graph(nodes, "aoz", stream_channels=channels)
        t.record(f"stream {label}", list(app.stream(1, stream_mode=["values", "updates"])))
    several = {"n": only().write_to("t"), "k": only().write_to("t")}
    t.record("two writers", graph(several, "a", outputs="t", more={"t": Topic(int)}).invoke(1))
