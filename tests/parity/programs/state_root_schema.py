"""state: Schema kinds

A schema that is not a mapping of keys is one channel: `Annotated[list, add]`, `int`, `dict`; nodes get and return the
value itself.
"""

from __future__ import annotations

import operator
from typing import Annotated

from actograph.graph import START, StateGraph


def graph(schema, *nodes):
    return (
        StateGraph(schema)
        .add_sequence([(f"n{i}", node) for i, node in enumerate(nodes)])
        .add_edge(START, "n0")
        .compile()
    )


def main(t):
    numbers = graph(Annotated[list, operator.add], lambda state: [len(state)], lambda state: [sum(state)])
    t.record("list", numbers.invoke([5]))
    t.chunks("list chunks", numbers.stream([5], stream_mode=["values", "updates"]))
    t.record("int", graph(int, lambda state: state + 1, lambda state: state * 2).invoke(4))
    t.record("dict", graph(dict, lambda state: {"r": len(state)}).invoke({"q": 1, "p": 2}))
