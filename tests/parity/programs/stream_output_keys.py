"""stream: values; stream: updates; exec: Run parameters

`output_keys` of a stream: values only when one of them was written, updates cut down to them, None when nothing of
them was written.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    y: int
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State).add_sequence(
        [
            ("a", lambda state: {"x": 1}),
            ("b", lambda state: {"y": 1}),
            ("c", lambda state: {"x": 2, "y": 2, "log": ["c"]}),
        ]
    )
    app = builder.add_edge(START, "a").compile()
    for keys in (["x"], ["y", "log"], ["x", "y"]):
        for mode in ("values", "updates"):
            t.chunks(f"{mode} {keys}", app.stream({"log": ["in"]}, stream_mode=mode, output_keys=keys))
    t.chunks("one key", app.stream({"log": ["in"]}, stream_mode=["values", "updates"], output_keys="x"))

    async def go():
        return [
            chunk async for chunk in app.astream({"log": ["in"]}, stream_mode=["values", "updates"], output_keys=["y"])
        ]

    t.chunks("async", asyncio.run(go()))
    with t.raises("unknown key"):
        list(app.stream({"log": ["in"]}, stream_mode="values", output_keys=["zz"]))
