"""state: Input rules
errors: Classes

Inputs: `None` with nothing to continue is an error, `{}` and unknown keys run the graph, and what is no mapping is
refused.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"log": [f"a {state.get('x')}"]})
    builder.add_edge(START, "a")
    return builder.compile(checkpointer=saver)


def main(t):
    for label, app in (("saver", graph(t.saver())), ("no saver", graph(None))):
        with t.raises(f"{label}: None"):
            app.invoke(None, t.thread())
        with t.raises(f"{label}: None, stream"):
            list(app.stream(None, t.thread()))
        t.record(f"{label}: empty", app.invoke({}, t.thread()))
        t.record(f"{label}: unknown key", app.invoke({"zzz": 1}, t.thread()))
        for value in (5, "text", [1]):
            with t.raises(f"{label}: {value!r}"):
                app.invoke(value, t.thread())
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver())
    with t.raises("async None"):
        await app.ainvoke(None, t.thread())
    with t.raises("async None, stream"):
        [chunk async for chunk in app.astream(None, t.thread())]
    t.record("async empty", await app.ainvoke({}, t.thread()))
    with t.raises("async int"):
        await app.ainvoke(5, t.thread())
