"""errors: Classes
persist: PregelTask

What a node raises comes out of the run as it is, from sync and async nodes, and its repr is in the task;
`StopIteration` becomes a RuntimeError.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class Own(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


ERRORS = [
    KeyError("k"),
    ValueError("v"),
    RuntimeError("r"),
    TimeoutError("t"),
    Own(7, "own"),
    ExceptionGroup("g", [ValueError("x")]),
]


def graph(saver, error, is_async):
    def fail(state):
        raise error

    async def afail(state):
        await asyncio.sleep(0)
        raise error

    builder = StateGraph(State)
    builder.add_node("fail", afail if is_async else fail)
    builder.add_edge(START, "fail")
    return builder.compile(checkpointer=saver)


def main(t):
    for error in ERRORS:
        app = graph(t.saver(), error, False)
        config = t.thread()
        name = type(error).__name__
        with t.raises(f"{name}: error"):
            app.invoke({"log": []}, config)
        t.snapshot(f"{name}: snapshot", app.get_state(config))
        try:
            app.invoke(None, config)
        except Exception as caught:
            t.record(f"{name}: the same object", caught is error)
    with t.raises("StopIteration"):
        graph(t.saver(), StopIteration("s"), False).invoke({"log": []}, t.thread())
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    for error in ERRORS:
        for is_async in (True, False):
            app = graph(t.saver(), error, is_async)
            config = t.thread()
            name = f"async {type(error).__name__} {is_async}"
            with t.raises(f"{name}: error"):
                await app.ainvoke({"log": []}, config)
            t.record(f"{name}: task", [task.error for task in (await app.aget_state(config)).tasks])
