"""travel: update_state
build: Conditional edge

Written as a node with a conditional edge, an update runs the router on the new state.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def route(state):
    if state["x"] > 100:
        return [Send("high", {"x": state["x"] + n}) for n in range(2)]
    return "high" if state["x"] > 5 else "low" if state["x"] > 0 else END


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("judge", lambda state: {"log": ["judge"]})
    builder.add_node("high", lambda state: {"log": [f"high {state['x']}"]})
    builder.add_node("low", lambda state: {"log": [f"low {state['x']}"]})
    builder.add_edge(START, "judge")
    builder.add_conditional_edges("judge", route, ["high", "low", END])
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"x": 1}, config)
    for x in (9, 2, 0, 101):
        app.update_state(config, {"x": x}, as_node="judge")
        t.snapshot(f"{x}: snapshot", app.get_state(config))
        t.record(f"{x}: result", app.invoke(None, config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    for x in (9, 0):
        await app.aupdate_state(config, {"x": x}, as_node="judge")
        t.snapshot(f"async {x}: snapshot", await app.aget_state(config))
        t.record(f"async {x}: result", await app.ainvoke(None, config))
