"""draw: Drawing; build: Low-level runtime

Graphs made of nodes and channels: channels that are written are edges to those who subscribe to them.
"""

from __future__ import annotations

from actograph.channels import EphemeralValue, LastValue, Topic
from actograph.pregel import NodeBuilder, Pregel


def same(value):
    return value


def node(subscribed, *written):
    return NodeBuilder().subscribe_to(*subscribed).do(same).write_to(*written)


def graph(nodes, kind=Topic, **options):
    names = {"v"}
    for made in nodes.values():
        built = made.build()
        names |= {*built.triggers, *(entry.channel for writer in built.writers for entry in writer.writes)}
    channels = {name: kind(object) for name in sorted(names)}
    return Pregel(nodes=nodes, channels=channels, input_channels="v", output_channels="v", **options)


def main(t):
    shapes = {
        "chain": {"one": node(["v"], "x"), "two": node(["x"], "y")},
        "fan": {"one": node(["v"], "x"), "b": node(["x"], "y"), "a": node(["x"], "z")},
        "two entries": {"B": node(["v"], "x"), "A": node(["x"], "y"), "z": node(["v"], "y")},
        "ring": {"one": node(["v"], "x"), "two": node(["x"], "v")},
        "loop": {"one": node(["v"], "v")},
        "no writes": {"one": node(["v"])},
        "skipping": {"one": node(["v"], "x"), "two": node(["v", "x"], "y")},
    }
    for label, nodes in shapes.items():
        drawn = graph(nodes).get_graph()
        t.record(f"{label}: nodes", list(drawn.nodes))
        t.record(f"{label}: edges", [tuple(edge) for edge in drawn.edges])
        t.record(f"{label}: mermaid", drawn.draw_mermaid())
    marked = {"one": node(["v"], "x").meta("tag", k=1), "two": node(["x"], "y")}
    drawn = graph(marked, interrupt_before_nodes=["one"], interrupt_after_nodes=["two"]).get_graph()
    t.record("metadata", {name: found.metadata for name, found in drawn.nodes.items()})
    t.record("kinds", graph(shapes["chain"], EphemeralValue).get_graph().draw_mermaid())
    t.record("more kinds", graph(shapes["chain"], LastValue).get_graph().draw_mermaid())
