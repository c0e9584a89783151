"""stream: custom; stream: Any LLM

Whatever the writer got, in order, before the updates of its task: through the parameter, the accessor and the runtime;
any value; nothing when the mode is off; from helpers in threads and tasks too.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.types import StreamWriter


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def tokens(state, writer: StreamWriter, runtime):
    for token in ("a", "b", "c"):
        writer({"token": token})
    get_stream_writer()(["a", "list"])
    runtime.stream_writer(None)
    writer(("a", "tuple"))
    writer(5)
    return {"log": ["".join("abc")]}


async def atokens(state, writer: StreamWriter):
    for token in ("x", "y"):
        writer({"token": token})
        await asyncio.sleep(0)
    await asyncio.to_thread(writer, "from a thread")
    return {"log": ["xy"]}


def silent(state):
    return {"log": ["silent"]}


def main(t):
    sync = StateGraph(State).add_sequence([tokens, silent]).add_edge(START, "tokens").compile()
    t.chunks("custom", sync.stream({}, stream_mode="custom"))
    t.chunks("all", sync.stream({"log": ["in"]}, stream_mode=["custom", "values", "updates"]))
    t.chunks("off", sync.stream({}, stream_mode="updates"))
    t.record("invoke", sync.invoke({}))
    mixed = StateGraph(State).add_sequence([atokens, tokens]).add_edge(START, "atokens").compile()

    async def go(mode):
        return [chunk async for chunk in mixed.astream({}, stream_mode=mode)]

    t.chunks("async", asyncio.run(go("custom")))
    t.chunks("async, all", asyncio.run(go(["values", "updates", "custom"])))
    t.record("async, off", asyncio.run(mixed.ainvoke({})))
