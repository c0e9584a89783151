"""subgraph: As node; subgraph: Called in a node

In a loop, from several Sends, beside other sub-graphs in one superstep, and called by a router: values, history, and what is stored.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def spaces(saver, config):
    found = [(entry.config["configurable"]["checkpoint_ns"], entry.metadata["step"]) for entry in saver.list(config)]
    return sorted(found, key=lambda entry: (bool(entry[0]), entry[1]))


def show(t, name, app, saver, given):
    config = t.thread()
    t.record(f"{name}: result", app.invoke(given, config))
    t.history(f"{name}: history", app.get_state_history(config))
    t.record(f"{name}: stored", len(spaces(saver, config)))
    t.record(f"{name}: async", asyncio.run(app.ainvoke(given, t.thread())))


class Small(TypedDict, total=False):
    x: int
    log: list[str]


class Logged(TypedDict):
    log: Annotated[list[str], operator.add]


class Empty(TypedDict, total=False):
    x: int


def adds(name, node):
    """A sub-graph whose output is what it adds to the log."""
    return (
        StateGraph(State, input_schema=Empty, output_schema=Logged).add_node(name, node).add_edge(START, name).compile()
    )


def main(t):
    saver = t.saver()
    counts = StateGraph(Small).add_node("count", lambda state: {"x": state["x"] + 1}).add_edge(START, "count").compile()
    builder = StateGraph(State).add_node("sub", counts).add_node(*says("done")).add_edge(START, "sub")
    builder.add_conditional_edges("sub", lambda state: "sub" if state["x"] < 3 else "done", ["sub", "done"])
    show(t, "loop", builder.compile(checkpointer=saver), saver, {"x": 0})

    tags = adds("tag", lambda state: {"log": [f"tag {state['x']}"]})
    builder = StateGraph(State).add_node("sub", tags)
    builder.add_conditional_edges(START, lambda state: [Send("sub", {"x": n}) for n in range(3)], ["sub"])
    show(t, "sends", builder.compile(checkpointer=saver), saver, {"x": 7})

    builder = StateGraph(State).add_node(*says("join"))
    for name in ("left", "right"):
        builder.add_node(name, adds(*says(name))).add_edge(START, name)
    builder.add_edge(["left", "right"], "join")
    show(t, "beside", builder.compile(checkpointer=saver), saver, {"x": 1})

    builder = StateGraph(State)
    for name in ("first", "even", "odd"):
        builder.add_node(*says(name))
    builder.add_edge(START, "first")
    builder.add_conditional_edges(
        "first", lambda state: "odd" if counts.invoke({"x": 0})["x"] else "even", ["even", "odd"]
    )
    show(t, "router", builder.compile(checkpointer=saver), saver, {"x": 1})
