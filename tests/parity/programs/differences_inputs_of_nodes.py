"""build: Low-level runtime

Two nodes that subscribe to one channel, one for its value and one for a dict of it: there what the first gets is given to both; here each
gets what it asked for. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from actograph.channels import LastValue
from actograph.pregel import NodeBuilder, Pregel


def main(t):
    for label, names in (("value first", "value dict"), ("dict first", "dict value")):
        kinds = {"value": NodeBuilder().subscribe_only("in"), "dict": NodeBuilder().subscribe_to("in")}
        nodes = {
            f"{number} {name}": kinds[name].do(lambda given: repr(given)).write_to(name)
            for number, name in enumerate(names.split())
        }
        app = Pregel(
            nodes=nodes,
            channels={name: LastValue(str) for name in ("in", "value", "dict")},
            input_channels="in",
            output_channels=["value", "dict"],
        )
        t.record(label, app.invoke("x"))
