"""stream: values

Each values chunk is its own dict: changing one does not change the state of the run.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State).add_sequence(
        [(name, lambda state, name=name: {"x": state["x"] + 1}) for name in ("a", "b")]
    )
    app = builder.add_edge(START, "a").compile()
    seen = []
    for chunk in app.stream({"x": 0}, stream_mode="values"):
        seen.append(dict(chunk))
        chunk["x"] = 100
    t.record("chunks", seen)
    first, second = list(app.stream({"x": 0}, stream_mode="values"))[:2]
    t.record("distinct", first is not second)
