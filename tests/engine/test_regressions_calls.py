"""Calls of tasks that once went wrong: from loops that nodes run of their own, and while the run's loop stands still."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, TypedDict

import pytest

from actograph.engine import workers
from actograph.func import task
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


@task
async def one() -> int:
    return 1


class Odd(BaseException):
    """No Exception."""


@task
def odd() -> None:
    raise Odd("as always")


@task
def several_odd() -> None:
    raise BaseExceptionGroup("all", [Odd("as always")])


def test_a_call_from_another_loop_that_comes_too_late_wakes_that_loop() -> None:
    go, called, ended = threading.Event(), threading.Event(), threading.Event()
    seen: list[str] = []

    async def inside() -> None:
        go.wait()
        future = one()
        called.set()
        try:
            await future
        except asyncio.CancelledError:
            seen.append("cancelled")

    def in_a_thread(state: State) -> None:
        asyncio.run(inside())
        ended.set()

    async def quick(state: State) -> None:
        return None

    def call_while_the_loop_stands() -> None:
        go.set()
        called.wait()
        # Let that thread's loop go to sleep: nothing but the call can wake it then.
        threading.Event().wait(0.1)

    builder = StateGraph(State).add_node("thread", in_a_thread).add_node("quick", quick)
    app = builder.add_edge(START, "thread").add_edge(START, "quick").compile()
    free = workers.WORKERS.statistics().free

    async def main() -> None:
        stream = app.astream({"x": 1}, stream_mode="updates")
        assert await anext(stream) == {"quick": None}
        closing = asyncio.ensure_future(stream.aclose())
        # After the run was told to stop, and before it has: the call is made, and comes when it has stopped.
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(call_while_the_loop_stands)
        await closing
        assert await asyncio.to_thread(ended.wait, 30), "the thread waits for ever"

    asyncio.run(main())
    assert seen == ["cancelled"]
    assert workers.WORKERS.statistics().free == free


@pytest.mark.parametrize(("call", "error"), [(odd, Odd), (several_odd, BaseExceptionGroup)])
@pytest.mark.parametrize("alone", [False, True])
def test_what_is_no_exception_reaches_the_caller_too(call: Any, error: type[BaseException], alone: bool) -> None:
    hidden = {"call": (call,)}

    def named(state: State) -> dict[str, Any]:
        return {"x": call().result()}

    def unnamed(state: State) -> dict[str, Any]:
        # Nothing shows beforehand that this calls a task: it runs while the loop stands still, in a loop of its own.
        return {"x": hidden["call"][0]().result()}

    app = StateGraph(State).add_node("node", unnamed if alone else named).add_edge(START, "node").compile()
    assert app.plan.nodes["node"].threaded is not alone
    with pytest.raises(error):
        app.invoke({"x": 1})
