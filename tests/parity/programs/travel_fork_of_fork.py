"""travel: Fork
travel: Replay

Forks of forks: the tree of parents is kept, each branch ends in its own state, and each can be read later.
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


def standing_before(history, node):
    return next(item for item in history if item.next == (node,))


def tree(history):
    place = {item.config["configurable"]["checkpoint_id"]: number for number, item in enumerate(history)}
    parents = [item.parent_config and place[item.parent_config["configurable"]["checkpoint_id"]] for item in history]
    return [
        (item.metadata["step"], parent, item.values.get("x")) for item, parent in zip(history, parents, strict=True)
    ]


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"x": 0}, config)
    past = standing_before(app.get_state_history(config), "a")
    for x in (1, 2):
        fork = app.update_state(past.config, {"x": x})
        t.record(f"branch {x}", app.invoke(None, fork))
        past = standing_before(app.get_state_history(config), "c")
    t.record("tree", tree(list(app.get_state_history(config))))
    ends = [item for item in app.get_state_history(config) if not item.next]
    for number, end in enumerate(ends):
        t.snapshot(f"end {number}", app.get_state(end.config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"x": 0}, config)
    past = standing_before([item async for item in app.aget_state_history(config)], "b")
    for x in (1, 2):
        await app.ainvoke(None, await app.aupdate_state(past.config, {"x": x}))
    t.record("async tree", tree([item async for item in app.aget_state_history(config)]))
