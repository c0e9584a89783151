"""build: Compile; build: Graph builder

What a compiled graph tells of itself: channels, triggers, what goes in and out, breakpoints, modes.
"""

from __future__ import annotations

import operator
from typing import Annotated

from typing_extensions import TypedDict

from actograph.graph import END, START, StateGraph
from actograph.managed import IsLastStep


class State(TypedDict):
    x: Annotated[list, operator.add]
    y: str
    last: IsLastStep


class Out(TypedDict):
    y: str


def node(state):
    return {}


def told(t, label, app):
    t.record(f"{label}: channels", {name: type(kind).__name__ for name, kind in sorted(app.channels.items())})
    t.record(f"{label}: nodes", {name: [found.channels, found.triggers] for name, found in app.nodes.items()})
    ways = [
        app.input_channels,
        app.output_channels,
        app.stream_channels,
        app.stream_channels_list,
        app.stream_channels_asis,
    ]
    t.record(f"{label}: ways", ways)
    t.record(f"{label}: triggers", {name: list(nodes) for name, nodes in sorted(app.trigger_to_nodes.items())})
    modes = [app.stream_mode, app.stream_eager, app.step_timeout, app.debug, app.name, app.checkpointer, app.store]
    t.record(f"{label}: modes", modes)
    t.record(f"{label}: stops", [app.interrupt_before_nodes, app.interrupt_after_nodes, app.node_error_handler_map])


def main(t):
    builder = StateGraph(State, output_schema=Out)
    builder.add_node("a", node).add_node("b", node, error_handler=node).add_node("c", node)
    builder.add_edge(START, "a").add_edge("a", "b").add_edge(["a", "b"], "c").add_edge("c", END)
    app = builder.compile(interrupt_before=["b"], interrupt_after="*", name="Mine")
    told(t, "keys", app)
    assert app.builder is builder
    assert app.output_channels == ["y"]
    told(t, "value", StateGraph(int).add_node("a", node).add_edge(START, "a").compile(debug=False))
