"""travel: update_state
travel: as_node default

`as_node` decides what is next: the node's edges fire as if it had run; skipping a node this way, and going back; an
unknown node is an error.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver, **breakpoints):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state['x']}"]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver, **breakpoints)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"x": 1}, config)
    app.update_state(config, {"log": ["as a"]}, as_node="a")
    t.snapshot("as a", app.get_state(config))
    t.chunks("from b", app.stream(None, config, stream_mode="updates"))
    app.update_state(config, None, as_node="b")
    t.snapshot("None as b", app.get_state(config))
    t.record("from c", app.invoke(None, config))
    with t.raises("unknown node", culprit=["nobody"]):
        app.update_state(config, {"x": 2}, as_node="nobody")
    t.history("history", app.get_state_history(config))

    app = graph(t.saver(), interrupt_before=["b"])
    config = t.thread()
    app.invoke({"x": 1}, config)
    app.update_state(config, {"log": ["in place of b"]}, as_node="b")
    t.snapshot("b skipped", app.get_state(config))
    t.history("b skipped: history", app.get_state_history(config))
    t.record("to the end", app.invoke(None, config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.aupdate_state(config, {"log": ["in place of b"]}, as_node="b")
    t.snapshot("async b skipped", await app.aget_state(config))
    t.record("async to the end", await app.ainvoke(None, config))
    with t.raises("async unknown node", culprit=["nobody"]):
        await app.aupdate_state(config, {"x": 2}, as_node="nobody")
