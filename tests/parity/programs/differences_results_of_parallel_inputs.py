"""build: Low-level runtime

A graph of nodes and channels that reads its input from several channels cannot be drawn there; here it can. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from actograph.channels import LastValue
from actograph.pregel import NodeBuilder, Pregel


def main(t):
    node = NodeBuilder().subscribe_to("a", "b").do(lambda given: given["a"]).write_to("c")
    app = Pregel(
        nodes={"n": node},
        channels={"a": LastValue(str), "b": LastValue(str), "c": LastValue(str)},
        input_channels=["a", "b"],
        output_channels="c",
    )
    t.record("runs", app.invoke({"a": "1", "b": "2"}))
    try:
        t.record("drawn", sorted(app.get_graph().nodes))
    except Exception as error:
        t.record("drawn", type(error).__name__)
