"""build: Low-level runtime; persist: get_state

A graph of channels with a checkpointer: history, breakpoints, questions, updates in a node's name, and a caller's command.
"""

from __future__ import annotations

from actograph.channels import EphemeralValue, LastValue
from actograph.pregel import NodeBuilder, Pregel
from actograph.types import Command, interrupt


def graph(t, first, names="abo", outputs="o", more=None, **options):
    nodes = {
        "n": NodeBuilder().subscribe_only("a").do(first).write_to("b"),
        "m": NodeBuilder().subscribe_only("b").do(lambda value: value * 10).write_to("o"),
    }
    channels = {name: LastValue(int) for name in names} | (more or {})
    return Pregel(
        nodes=nodes, channels=channels, input_channels="a", output_channels=outputs, checkpointer=t.saver(), **options
    )


def plus(value):
    return value + 1


def asks(value):
    return interrupt({"for": value})


def main(t):
    app, config = graph(t, plus), t.thread()
    t.record("run", app.invoke(1, config))
    t.history("history", app.get_state_history(config))
    app.update_state(config, 7, as_node="n")
    t.snapshot("updated", app.get_state(config))
    t.record("went on", app.invoke(None, config))
    assert app.get_state(config).values == {"a": 1, "b": 7, "o": 70}
    t.record("again", app.invoke(4, config))
    app, config = graph(t, asks), t.thread()
    t.record("asked", app.invoke(1, config))
    t.snapshot("waits", app.get_state(config))
    t.record("answered", app.invoke(Command(resume=3), config))
    t.snapshot("answered state", app.get_state(config))
    app, config = graph(t, plus, interrupt_before_nodes=["m"]), t.thread()
    t.record("stopped", app.invoke(1, config))
    t.record("command", app.invoke(Command(update={"b": 3}), config))
    t.snapshot("after the command", app.get_state(config))
    fading = graph(t, plus, "ao", ["b", "o"], {"b": EphemeralValue(int)}, interrupt_after_nodes=["n"])
    config = t.thread()
    t.record("fading, stopped", fading.invoke(1, config))
    t.record("fading, went on", fading.invoke(None, config))
    t.snapshot("fading state", fading.get_state(config))
