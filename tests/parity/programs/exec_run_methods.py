"""exec: Run methods

`invoke`, `ainvoke`, `stream`, `astream` see the same run; one compiled graph serves many runs, also at once, and from
several threads.
"""

from __future__ import annotations

import asyncio
import operator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"x": state["x"] + 1, "log": [f"a{state['x']}"]})
    builder.add_node("b", lambda state: {"x": state["x"] * 2, "log": [f"b{state['x']}"]})
    builder.add_edge(START, "a").add_edge("a", "b")
    app = builder.compile()

    async def everything():
        one = await app.ainvoke({"x": 1, "log": []})
        chunks = {
            mode: [chunk async for chunk in app.astream({"x": 1, "log": []}, stream_mode=mode)]
            for mode in ("values", "updates", "custom")
        }
        many = await asyncio.gather(*(app.ainvoke({"x": number, "log": []}) for number in range(20)))
        return one, chunks, [result["x"] for result in many]

    one, chunks, many = asyncio.run(everything())
    t.record("invoke", app.invoke({"x": 1, "log": []}))
    t.record("ainvoke", one)
    for mode in ("values", "updates", "custom"):
        t.chunks(f"stream {mode}", app.stream({"x": 1, "log": []}, stream_mode=mode))
        t.chunks(f"astream {mode}", chunks[mode])
    t.record("at once", many)
    with ThreadPoolExecutor(4) as pool:
        t.record("threads", [result["x"] for result in pool.map(lambda n: app.invoke({"x": n, "log": []}), range(12))])
    t.record("again", app.invoke({"x": 1, "log": []}))
