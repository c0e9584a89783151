"""state: Overwrite [+]

`Overwrite(value)`, or its dict form, replaces a reducer channel, beats other writes of the superstep, works in the
input and in a Command, and may come once per superstep.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Overwrite


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def graph(*updates):
    builder = StateGraph(State)
    for index, update in enumerate(updates):
        builder.add_node(f"n{index}", lambda state, update=update: update).add_edge(START, f"n{index}")
    builder.add_node("after", lambda state: {"log": ["after"]}).add_edge(
        [f"n{index}" for index in range(len(updates))], "after"
    )
    return builder.compile()


def main(t):
    both = ["values", "updates"]
    t.chunks("object", graph({"log": Overwrite(["new"])}).stream({"log": ["old"]}, stream_mode=both))
    t.chunks("dict form", graph({"log": {"__overwrite__": ["new"]}}).stream({"log": ["old"]}, stream_mode=both))
    t.record("command", graph(Command(update={"log": Overwrite(["new"])})).invoke({"log": ["old"]}))
    t.record("beats a later write", graph({"log": Overwrite(["new"])}, {"log": ["more"]}).invoke({"log": ["old"]}))
    t.record("beats an earlier write", graph({"log": ["more"]}, {"log": Overwrite(["new"])}).invoke({"log": ["old"]}))
    t.record("input", graph({"log": ["n"]}).invoke({"log": Overwrite(["in"])}))
    t.record("async", asyncio.run(graph({"log": Overwrite([])}).ainvoke({"log": ["old"]})))
    with t.raises("twice", culprit=["log"]):
        graph({"log": Overwrite(["x"])}, {"log": Overwrite(["y"])}).invoke({"log": ["old"]})
