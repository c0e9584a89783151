"""travel: update_state
errors: Classes

What `update_state` refuses: values that are no mapping, an unknown node; a refused update changes nothing.
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
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state['x']}"]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"x": 1}, config)
    for name, value in {"int": 5, "str": "text", "list": [1]}.items():
        with t.raises(f"{name}: error"):
            app.update_state(config, value)
    with t.raises("unknown node", culprit=["nobody"]):
        app.update_state(config, {"x": 2}, as_node="nobody")
    t.history("unchanged", app.get_state_history(config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    with t.raises("async int"):
        await app.aupdate_state(config, 5)
    with t.raises("async unknown node", culprit=["nobody"]):
        await app.aupdate_state(config, {"x": 2}, as_node="nobody")
    t.snapshot("async unchanged", await app.aget_state(config))
