"""travel: Special as_node

`END` with no values clears what is pending; `__start__` starts over with the update; `__input__` leaves it as an
input to be run.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph


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
    app = graph(t.saver(), interrupt_before=["b"])
    config = t.thread()
    app.invoke({"x": 1}, config)
    app.update_state(config, None, as_node=END)
    t.snapshot("END", app.get_state(config))
    t.record("END: nothing to run", app.invoke(None, config))
    t.history("END: history", app.get_state_history(config))
    with t.raises("END with values", culprit=["__end__"]):
        app.update_state(config, {"x": 2}, as_node=END)

    config = t.thread()
    app.invoke({"x": 1}, config)
    app.update_state(config, {"x": 8}, as_node="__start__")
    t.snapshot("__start__", app.get_state(config))
    t.chunks("__start__: run", app.stream(None, config, stream_mode=["values", "updates"]))
    t.history("__start__: history", app.get_state_history(config))

    app = graph(t.saver())
    config = t.thread()
    app.update_state(config, {"x": 7}, as_node="__input__")
    t.snapshot("__input__", app.get_state(config))
    t.chunks("__input__: run", app.stream(None, config, stream_mode=["values", "updates"]))
    t.history("__input__: history", app.get_state_history(config))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), interrupt_before=["b"])
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.aupdate_state(config, None, as_node=END)
    t.snapshot("async END", await app.aget_state(config))
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.aupdate_state(config, {"x": 8}, as_node="__start__")
    t.record("async __start__", await app.ainvoke(None, config))
