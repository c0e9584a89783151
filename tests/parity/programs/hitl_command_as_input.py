"""hitl: Resume with update
control: Command

`Command(update=, goto=)` as the input of a thread that is not paused: on a new thread it is the first input, on a
finished one it changes the last checkpoint and runs the target.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver, **breakpoints):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver, **breakpoints)


MODES = ["values", "updates"]


def outline(history):
    """Without tasks: whether a paused checkpoint lists what a goto added to it is nobody's business here."""
    return [(item.metadata["source"], item.metadata["step"], item.values) for item in history]


def main(t):
    app = graph(t.saver())
    config = t.thread()
    t.chunks("new thread, update", app.stream(Command(update={"x": 3}), config, stream_mode=MODES))
    t.history("new thread, history", app.get_state_history(config))
    t.chunks("finished thread", app.stream(Command(goto="c", update={"log": ["updated"]}), config, stream_mode=MODES))
    t.record("finished thread, history", outline(app.get_state_history(config)))
    t.chunks("finished thread, update only", app.stream(Command(update={"x": 4}), config, stream_mode=MODES))
    config = t.thread()
    app.invoke({"x": 0}, config)
    t.record("finished thread, pairs", app.invoke(Command(update=[("x", 5), ("log", ["p"])]), config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    t.record("async new thread", await app.ainvoke(Command(update={"x": 3}), config))
    t.record("async finished", await app.ainvoke(Command(goto="b"), config))
    t.record("async history", outline([item async for item in app.aget_state_history(config)]))
