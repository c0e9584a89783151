"""stream: stream_events

Several projections of a sync run in the order in which their items came.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.stream import CustomTransformer, UpdatesTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def node(name):
    def run(state):
        get_stream_writer()(f"{name}: one")
        get_stream_writer()(f"{name}: two")
        return {"log": [name]}

    return run


def line(**steps):
    builder = StateGraph(State)
    previous = START
    for name, action in steps.items():
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile()


def shown(name, item):
    return (name, item.path[0].split(":")[0]) if name == "subgraphs" else (name, item)


def main(t):
    app = line(a=node("a"), inner=line(i=node("i"), j=node("j")), z=node("z"))

    def run():
        return app.stream_events({"log": []}, version="v3", transformers=[UpdatesTransformer, CustomTransformer])

    names = ("custom", "values", "subgraphs", "updates", "lifecycle")
    t.record("all", [shown(name, item) for name, item in run().interleave(*names)])
    nested = []
    for name, item in run().interleave("values", "subgraphs"):
        nested.append(shown(name, item))
        if name == "subgraphs":
            nested += [("inside", *shown(*inner)) for inner in item.interleave("updates", "values", "custom")]
    t.record("read inside", nested)
    one = run()
    with t.raises("unknown name", culprit=["nothing"]):
        list(one.interleave("values", "nothing"))
    items = one.interleave("values")
    t.record("first", next(items))
    with t.raises("it has a reader", culprit=["values"]):
        list(one.values)
    items.close()
    t.record("free again", list(one.values))
    t.record("nothing left", list(one.interleave("subgraphs", "updates")))
    with t.raises("it was read", culprit=["values"]):
        list(one.interleave("values"))
    t.record("no names", list(run().interleave()))
