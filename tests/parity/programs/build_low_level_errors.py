"""build: Low-level runtime

Names that do not fit are found when a graph is made; `NodeBuilder` refuses subscriptions that contradict each other.
"""

from __future__ import annotations

from actograph.channels import LastValue
from actograph.pregel import NodeBuilder, Pregel


def same(value):
    return value


def graph(node, names="ao", inputs="a", outputs="o", **options):
    channels = {name: LastValue(object) for name in names.split() or names}
    return Pregel(nodes={"n": node}, channels=channels, input_channels=inputs, output_channels=outputs, **options)


def main(t):
    good = NodeBuilder().subscribe_only("a").do(same).write_to("o")
    assert graph(good, "a o").invoke(3) == 3
    with t.raises("subscribed", culprit=["n", "zz"]):
        graph(NodeBuilder().subscribe_only("zz").do(same), "a o")
    with t.raises("read", culprit=["n", "zz"]):
        graph(NodeBuilder().subscribe_to("a").read_from("zz").do(same), "a o")
    with t.raises("input", culprit=["zz"]):
        graph(good, "a o", inputs="zz")
    with t.raises("inputs", culprit=["b"]):
        graph(good, "a o b", inputs=["b"])
    with t.raises("output", culprit=["zz"]):
        graph(good, "a o", outputs=["o", "zz"])
    with t.raises("stream", culprit=["zz"]):
        graph(good, "a o", stream_channels=["zz"])
    with t.raises("breakpoint", culprit=["nobody"]):
        graph(good, "a o", interrupt_before_nodes=["nobody"])
    with t.raises("reserved", culprit=["__error__"]):
        graph(good, "a o __error__")
    late = graph(NodeBuilder().subscribe_only("zz").do(same), "a o", auto_validate=False)
    with t.raises("late", culprit=["zz"]):
        late.validate()
    with t.raises("twice", culprit=["b"]):
        NodeBuilder().subscribe_only("a").subscribe_only("b")
    with t.raises("only, then several", culprit=["b"]):
        NodeBuilder().subscribe_only("a").subscribe_to("b")
    with t.raises("several, then only", culprit=["b"]):
        NodeBuilder().subscribe_to("a").subscribe_only("b")
    with t.raises("no input", culprit=[]):
        graph(good, "a o", inputs=["a"]).invoke({"zz": 1})
    with t.raises("no dict", culprit=["a"]):
        graph(good, "a o", inputs=["a"]).invoke(1)
    with t.raises("one channel twice", culprit=["o", "n"]):
        graph(NodeBuilder().subscribe_only("a").do(same).write_to("o", "o"), "a o").invoke(1)
    ring = NodeBuilder().subscribe_only("a").do(same).write_to("a")
    with t.raises("endless", culprit=["7"]):
        graph(ring, "a o").invoke(1, {"recursion_limit": 7})
