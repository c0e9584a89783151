"""exec: Run parameters

`print_mode` prints chunks as they are read and changes nothing of what is returned; `debug=True` prints values and updates.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    inner = StateGraph(State).add_node("i", lambda state: {"log": ["i"]}).add_edge(START, "i").compile()
    builder = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("sub", inner)
    builder = builder.add_edge(START, "a").add_edge("a", "sub")
    app = builder.compile()

    def printed(label, run):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            for chunk in run():
                print(">", chunk)
        t.record(label, out.getvalue().splitlines())

    for label, options in {
        "one": {"print_mode": "updates"},
        "several": {"print_mode": ["values", "tasks"]},
        "the same": {"stream_mode": "values", "print_mode": ["values"]},
        "sub-graphs": {"print_mode": ["updates", "values"], "subgraphs": True},
        "v2": {"print_mode": "updates", "version": "v2", "stream_mode": ["values"]},
        "debug": {"debug": True, "stream_mode": "values"},
        "debug and more": {"debug": True, "print_mode": "custom"},
    }.items():
        printed(f"stream: {label}", lambda options=options: app.stream({"x": 0}, **options))
        printed(f"invoke: {label}", lambda options=options: [app.invoke({"x": 0}, **options)])
        printed(f"async invoke: {label}", lambda options=options: [asyncio.run(app.ainvoke({"x": 0}, **options))])
    printed("compiled with debug", lambda: builder.compile(debug=True).stream({"x": 0}, debug=False))

    async def go():
        return [chunk async for chunk in app.astream({"x": 0}, print_mode="updates", stream_mode="values")]

    printed("async stream", lambda: asyncio.run(go()))
