"""stream: checkpoints
exec: Run parameters

Each checkpoint with its config, that of its parent, the values, what runs next and its tasks. There are none without a
checkpointer. The caller's configurable values are in the config; `output_keys` does not narrow the values.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


class Out(TypedDict):
    x: int


def main(t):
    builder = StateGraph(State, output_schema=Out).add_node("a", lambda state: {"log": ["a"]})
    builder = builder.add_node("b", lambda state: {"x": 1}).add_node("c", lambda state: None)
    builder = builder.add_edge(START, "a").add_edge("a", "b").add_edge("a", "c")
    app = builder.compile(checkpointer=t.saver())
    config = {**t.thread(user="u", items=[1]), "metadata": {"m": 1}, "tags": ["tag"]}
    chunks = list(app.stream({"x": 0}, config, stream_mode="checkpoints"))
    t.record("first run", chunks)
    t.record("keys", list(chunks[0]))
    history = list(app.get_state_history(config))
    t.record("ids", [chunk["config"]["configurable"]["checkpoint_id"] for chunk in chunks])
    t.record("ids of the history", [row.config["configurable"]["checkpoint_id"] for row in reversed(history)])
    t.record("new input", list(app.stream({"x": 5}, config, stream_mode="checkpoints")))
    t.record("nothing left", list(app.stream(None, config, stream_mode=["values", "checkpoints"])))
    t.record(
        "output_keys", list(app.stream({"x": 5}, t.thread(), stream_mode=["values", "checkpoints"], output_keys="x"))
    )
    t.record("no checkpointer", list(builder.compile().stream({"x": 0}, stream_mode="checkpoints")))

    async def go():
        return [chunk async for chunk in app.astream({"x": 0}, t.thread(), stream_mode="checkpoints")]

    t.record("async", asyncio.run(go()))
    root = StateGraph(Annotated[list, operator.add]).add_node("a", lambda state: ["r"]).add_edge(START, "a")
    t.record(
        "root state", list(root.compile(checkpointer=t.saver()).stream(["q"], t.thread(), stream_mode="checkpoints"))
    )
