"""subgraph: As node

A compiled graph as a node: shared keys pass through, its whole output is the node's update; with schemas of its own, an
output schema, keys the parent does not have; its checkpoints under the node's task.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


class Inner(TypedDict, total=False):
    x: int
    secret: str


class Out(TypedDict, total=False):
    x: int


def main(t):
    shared = chain(says("one"), says("two"))
    app = chain(says("first"), ("sub", shared), says("last"))
    t.record("shared", app.invoke({"x": 1, "log": ["in"]}))
    t.chunks("updates", app.stream({"x": 1, "log": ["in"]}, stream_mode="updates"))
    t.chunks("values", app.stream({"x": 1, "log": ["in"]}, stream_mode="values"))

    builder = StateGraph(Inner, output_schema=Out)
    builder.add_node("double", lambda state: {"x": state["x"] * 2, "secret": f"{sorted(state)}"})
    own = builder.add_edge(START, "double").compile()
    app = chain(says("first"), ("sub", own), says("last"))
    t.record("own schema", app.invoke({"x": 4, "log": []}))
    t.chunks("own schema, updates", app.stream({"x": 4, "log": []}, stream_mode="updates"))

    saver, config = t.saver(), t.thread()
    app = chain(says("first"), ("sub", shared), says("last"), checkpointer=saver)
    app.invoke({"x": 1}, config)
    t.history("history", app.get_state_history(config))
    stored = [(found.config, found.parent_config, found.metadata) for found in saver.list(config)]
    t.record("stored", stored)
    child = next(c for c, _, _ in stored if c["configurable"]["checkpoint_ns"])
    place = {"configurable": {key: child["configurable"][key] for key in ("thread_id", "checkpoint_ns")}}
    t.history("the sub-graph's history", app.get_state_history(place))
