"""Time limits, error handlers, drains and caches where they meet pauses, threads, cancellation and crashes."""

from __future__ import annotations

import asyncio
import operator
import os
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from actograph.cache.memory import InMemoryCache
from actograph.cache.sqlite import SqliteCache
from actograph.checkpoint.memory import InMemorySaver
from actograph.engine.policies import clock as clocks
from actograph.engine.workers import WORKERS
from actograph.errors import GraphDrained, NodeError, NodeTimeoutError
from actograph.graph import START, StateGraph
from actograph.runtime import RunControl, Runtime
from actograph.types import CachePolicy, Command, RetryPolicy, Send, TimeoutPolicy, ainterrupt, interrupt


class State(TypedDict, total=False):
    x: Any
    log: Annotated[list[Any], operator.add]


THREAD: dict[str, Any] = {"configurable": {"thread_id": "t"}}
SOON = RetryPolicy(initial_interval=0.001, jitter=False)


def graph(node: Any, saver: Any = None, *, name: str = "n", **options: Any) -> Any:
    return StateGraph(State).add_node(name, node, **options).add_edge(START, name).compile(saver)


def wait_until(true: Any) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# -- time limits -----------------------------------------------------------------------------------------------------------------------


def test_a_clock_stands_still_while_a_task_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(clocks, "monotonic", lambda: now[0])

    async def main() -> None:
        clock = clocks.Clock(None, TimeoutPolicy(run_timeout=10.0, idle_timeout=6.0))  # type: ignore[arg-type]
        assert clock._left(now[0]) == (6.0, "idle")
        now[0] += 5
        clock.beat()
        assert clock._left(now[0]) == (5.0, "run")
        clock.stand()
        clock.stand()
        now[0] += 1000
        clock.go_on()
        now[0] += 1000
        clock.go_on()
        assert clock._left(now[0]) == (5.0, "run"), "what was left before the questions is left after them"
        assert clock.elapsed == 5.0
        now[0] += 4
        clock.stir()
        assert clock._left(now[0]) == (1.0, "run")
        clock.stop()
        quiet = clocks.Clock(None, TimeoutPolicy(idle_timeout=6.0, refresh_on="heartbeat"))  # type: ignore[arg-type]
        now[0] += 4
        quiet.stir()
        assert quiet._left(now[0]) == (2.0, "idle")
        quiet.beat()
        assert quiet._left(now[0]) == (6.0, "idle")
        quiet.stop()

    asyncio.run(main())


def test_the_time_before_a_question_counts_after_its_answer() -> None:
    async def node(state: State) -> dict[str, Any]:
        await asyncio.sleep(0.5)
        answer = await ainterrupt("?")
        await asyncio.sleep(0.9 if answer == "slow" else 0)
        return {"log": [answer]}

    async def main() -> None:
        app = graph(node, InMemorySaver(), timeout=1.2)
        for thread, answer in (("a", "quick"), ("b", "slow")):
            config = {"configurable": {"thread_id": thread}}
            await app.ainvoke({"log": []}, config)
            await asyncio.sleep(1.3)
            if answer == "quick":
                assert (await app.ainvoke(Command(resume=answer), config))["log"] == ["quick"]
            else:
                with pytest.raises(NodeTimeoutError):
                    await app.ainvoke(Command(resume=answer), config)

    asyncio.run(main())


def test_a_node_that_asks_when_its_time_is_up_is_too_late() -> None:
    async def node(state: State) -> dict[str, Any]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            interrupt("too late?")
        return {}

    app = graph(node, InMemorySaver(), timeout=0.05)
    with pytest.raises(NodeTimeoutError):
        asyncio.run(app.ainvoke({"log": []}, THREAD))
    assert app.get_state(THREAD).interrupts == ()


def test_sync_code_out_of_time_reaches_nobody() -> None:
    ready, ended = threading.Event(), threading.Event()
    attempts: list[int] = []

    def node(state: State) -> dict[str, Any]:
        attempts.append(1)
        if len(attempts) == 1:
            ready.wait(20)
            ended.set()
            return {"log": ["of the first attempt, late"]}
        ready.set()
        ended.wait(20)
        return {"log": ["of the second"]}

    builder = StateGraph(State).add_node("n", node, retry_policy=SOON)
    builder.add_conditional_edges(START, lambda state: Send("n", {}, timeout=0.3 if not attempts else None), ["n"])

    # Both attempts have the same limit: the second waits for the first one's thread, which it has just released.
    assert asyncio.run(builder.compile().ainvoke({"log": []}))["log"] == ["of the second"]
    assert len(attempts) == 2
    wait_until(lambda: WORKERS.statistics().abandoned == 0)


def test_a_cancelled_run_is_cancelled_and_not_out_of_time() -> None:
    async def main() -> None:
        started = asyncio.Event()

        async def node(state: State) -> None:
            started.set()
            await asyncio.sleep(30)

        for timeout in (20, TimeoutPolicy(idle_timeout=20)):
            started.clear()
            running = asyncio.ensure_future(graph(node, timeout=timeout).ainvoke({}))
            await started.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_a_step_timeout_leaves_sync_code_to_itself() -> None:
    release = threading.Event()
    ran: list[str] = []

    def slow(state: State) -> dict[str, Any]:
        ran.append("slow")
        release.wait(20)
        return {"log": ["slow"]}

    builder = StateGraph(State).add_node("slow", slow).add_node("quick", lambda state: {"log": ["quick"]})
    app = builder.add_edge(START, "slow").add_edge(START, "quick").compile(InMemorySaver())
    app.step_timeout = 0.3
    with pytest.raises(TimeoutError, match=r"superstep 1 .*=0\.3 s; still running: slow"):
        app.invoke({"log": []}, THREAD)
    assert app.get_state(THREAD).next == ("slow",)
    release.set()
    wait_until(lambda: WORKERS.statistics().abandoned == 0)
    assert app.get_state(THREAD).values["log"] == ["quick"], "what it returned is not recorded"
    assert app.invoke(None, THREAD)["log"] == ["quick", "slow"]
    assert ran == ["slow", "slow"]


def test_a_step_timeout_of_a_lone_sync_node() -> None:
    release = threading.Event()

    def slow(state: State) -> None:
        release.wait(20)

    app = graph(slow)
    app.step_timeout = 0.2
    with pytest.raises(TimeoutError):
        app.invoke({})
    release.set()
    wait_until(lambda: WORKERS.statistics().abandoned == 0)


def test_a_step_timeout_does_not_count_a_pause() -> None:
    async def node(state: State) -> dict[str, Any]:
        return {"log": [await ainterrupt("?")]}

    async def main() -> None:
        app = graph(node, InMemorySaver())
        app.step_timeout = 0.3
        await app.ainvoke({"log": []}, THREAD)
        await asyncio.sleep(0.5)
        assert (await app.ainvoke(Command(resume="!"), THREAD))["log"] == ["!"]

    asyncio.run(main())


# -- error handlers --------------------------------------------------------------------------------------------------------------------


def test_a_held_task_that_fails_is_handled_by_the_run_that_resumed_it() -> None:
    async def node(state: State) -> None:
        raise ValueError(await ainterrupt("?"))

    def handler(state: State, error: NodeError) -> dict[str, Any]:
        return {"log": [str(error.error)]}

    async def main() -> None:
        app = graph(node, InMemorySaver(), error_handler=handler)
        await app.ainvoke({"log": []}, THREAD)
        assert (await app.ainvoke(Command(resume="said so"), THREAD))["log"] == ["said so"]
        assert app.get_state(THREAD).next == ()

    asyncio.run(main())


def test_a_handler_that_is_held_goes_on_in_place() -> None:
    entered: list[str] = []

    def node(state: State) -> None:
        entered.append("node")
        raise ValueError("bad")

    async def handler(state: State, error: NodeError) -> dict[str, Any]:
        entered.append("handler")
        return {"log": [await ainterrupt("what now?"), error.node]}

    async def main() -> None:
        app = graph(node, InMemorySaver(), error_handler=handler)
        await app.ainvoke({"log": []}, THREAD)
        assert (await app.ainvoke(Command(resume="go on"), THREAD))["log"] == ["go on", "n"]

    asyncio.run(main())
    assert entered == ["node", "handler"]


def test_a_handler_that_had_ended_is_not_run_again() -> None:
    entered: list[str] = []

    def node(state: State) -> None:
        entered.append("node")
        raise ValueError("bad")

    def handler(state: State, error: NodeError) -> dict[str, Any]:
        entered.append("handler")
        return {"log": ["handled"]}

    builder = StateGraph(State).add_node("n", node, error_handler=handler).add_edge(START, "n")
    builder.add_node("asks", lambda state: {"log": [interrupt("?")]}).add_edge(START, "asks")
    app = builder.compile(InMemorySaver())
    app.invoke({"log": []}, THREAD)
    chunks = list(app.stream(Command(resume="!"), THREAD))
    assert chunks == [
        {"__error_handler__n": {"log": ["handled"]}, "__metadata__": {"cached": True}},
        {"asks": {"log": ["!"]}},
    ]
    assert entered == ["node", "handler"]
    assert app.get_state(THREAD).values["log"] == ["!", "handled"]


def test_cancelling_a_run_while_a_handler_works_leaves_nothing() -> None:
    async def main() -> None:
        started = asyncio.Event()

        async def node(state: State) -> None:
            raise ValueError("bad")

        async def handler(state: State) -> dict[str, Any]:
            started.set()
            await asyncio.sleep(0 if state.get("x") == "again" else 30)
            return {"log": ["handled"]}

        app = graph(node, InMemorySaver(), error_handler=handler)
        running = asyncio.ensure_future(app.ainvoke({"log": []}, THREAD))
        await started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(asyncio.all_tasks()) == 1
        assert (await app.aget_state(THREAD)).next == ("n",)

    asyncio.run(main())


def test_failures_at_once_end_the_run_whichever_is_first() -> None:
    async def handled(state: State) -> None:
        await asyncio.sleep(0)
        raise ValueError("handled")

    async def not_handled(state: State) -> None:
        await asyncio.sleep(0)
        raise KeyError("not handled")

    async def handler(state: State) -> dict[str, Any]:
        await asyncio.sleep(0.001)
        return {"log": ["handled"]}

    for first, second in (("a", "b"), ("b", "a")):
        builder = StateGraph(State).add_node(first, handled, error_handler=handler).add_node(second, not_handled)
        app = builder.add_edge(START, first).add_edge(START, second).compile(InMemorySaver())
        with pytest.raises(KeyError):
            asyncio.run(app.ainvoke({"log": []}, THREAD))
        assert set(app.get_state(THREAD).next) == {"a", "b"}


KILLED = """
    import asyncio, os, sys, operator
    from typing import Annotated, Any, TypedDict
    from actograph.checkpoint.sqlite import SqliteSaver
    from actograph.errors import NodeError
    from actograph.graph import START, StateGraph

    class State(TypedDict, total=False):
        log: Annotated[list[str], operator.add]

    path, given = sys.argv[1:]

    async def node(state):
        print("node", flush=True)
        raise ValueError("it failed")

    async def handler(state, error: NodeError):
        print(f"handler of {error.node}: {error.error}", flush=True)
        if given == "kill":
            while not app.get_state(thread).tasks[0].error:
                await asyncio.sleep(0.01)
            os._exit(9)
        return {"log": ["handled"]}

    thread = {"configurable": {"thread_id": "t"}}
    with SqliteSaver.from_conn_string(path) as saver:
        app = StateGraph(State).add_node("n", node, error_handler=handler).add_edge(START, "n").compile(saver)
        print(asyncio.run(app.ainvoke({"log": ["in"]} if given == "kill" else None, thread)))
"""


def test_a_process_killed_between_failure_and_handler(tmp_path: Path) -> None:
    def run(given: str) -> tuple[int, list[str]]:
        command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "state.db"), given]
        done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout.splitlines()

    assert run("kill") == (9, ["node", "handler of n: it failed"])
    assert run("resume") == (0, ["handler of n: ValueError('it failed')", "{'log': ['in', 'handled']}"])


# -- drains ----------------------------------------------------------------------------------------------------------------------------


def test_tasks_beside_a_drained_sub_graph_end_and_are_kept() -> None:
    entered: list[str] = []

    async def inner(state: State, runtime: Runtime[Any]) -> dict[str, Any]:
        entered.append("inner")
        assert runtime.control is not None
        runtime.control.request_drain("deploying")
        return {"log": ["inner"]}

    async def last(state: State) -> dict[str, Any]:
        entered.append("last")
        return {"log": ["last"]}

    async def sibling(state: State) -> dict[str, Any]:
        entered.append("sibling")
        await asyncio.sleep(0.2)
        return {"log": ["sibling"]}

    sub = StateGraph(State).add_sequence([inner, last]).add_edge(START, "inner").compile()

    async def main() -> None:
        builder = StateGraph(State).add_node("sub", sub).add_node("sibling", sibling)
        app = builder.add_edge(START, "sub").add_edge(START, "sibling").compile(InMemorySaver())
        with pytest.raises(GraphDrained, match="deploying") as caught:
            await app.ainvoke({"log": []}, THREAD, control=RunControl())
        assert caught.value.reason == "deploying"
        snapshot = await app.aget_state(THREAD)
        assert {task.name: task.error for task in snapshot.tasks} == {"sub": None, "sibling": None}
        assert snapshot.next == ("sub",)
        assert (await app.ainvoke(None, THREAD))["log"] == ["sibling", "inner", "last"]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())
    assert sorted(entered) == ["inner", "last", "sibling"], "nothing ran twice"


def test_a_drain_does_not_pass_for_a_failure_in_the_node_that_called_the_graph() -> None:
    swallowed: list[BaseException] = []

    def inner(state: State, runtime: Runtime[Any]) -> None:
        assert runtime.control is not None
        runtime.control.request_drain()

    sub = StateGraph(State).add_sequence([("a", inner), ("b", inner)]).add_edge(START, "a").compile()

    def calls(state: State) -> dict[str, Any]:
        try:
            sub.invoke({})
        except Exception as error:
            swallowed.append(error)
        return {"log": ["went on without"]}

    with pytest.raises(GraphDrained):
        graph(calls, retry_policy=SOON, error_handler=calls).invoke({"log": []})
    assert not swallowed


def test_a_drain_from_another_thread() -> None:
    control = RunControl()
    in_node, go_on = threading.Event(), threading.Event()

    def node(state: State) -> dict[str, Any]:
        in_node.set()
        go_on.wait(20)
        return {"log": ["n"]}

    builder = StateGraph(State).add_sequence([("a", node), ("b", node)]).add_edge(START, "a")
    app = builder.compile(InMemorySaver())
    outcome: list[Any] = []

    def run() -> None:
        try:
            app.invoke({"log": []}, THREAD, control=control)
        except GraphDrained as drained:
            outcome.append(drained.reason)

    runner = threading.Thread(target=run)
    runner.start()
    in_node.wait(20)
    control.request_drain("from outside")
    go_on.set()
    runner.join(20)
    assert outcome == ["from outside"]
    assert app.invoke(None, THREAD)["log"] == ["n", "n"]


# -- caches ----------------------------------------------------------------------------------------------------------------------------


@dataclass
class Note:
    text: str


class Noted(TypedDict, total=False):
    note: Note


def test_a_durable_cache_learns_the_types_of_the_state(tmp_path: Path) -> None:
    calls: list[int] = []

    def node(state: Noted) -> dict[str, Any]:
        calls.append(1)
        return {"note": Note(state["note"].text + "!")}

    for _ in range(2):
        cache: SqliteCache[Any] = SqliteCache(path=str(tmp_path / "cache.db"))
        app = (
            StateGraph(Noted).add_node("n", node, cache_policy=CachePolicy()).add_edge(START, "n").compile(cache=cache)
        )
        assert app.invoke({"note": Note("x")}) == {"note": Note("x!")}
        cache.close()
    assert calls == [1]


def test_an_input_without_a_default_key_says_what_to_do() -> None:
    app = StateGraph(State).add_node("n", lambda state: {}, cache_policy=CachePolicy()).add_edge(START, "n")
    with pytest.raises(TypeError, match=r"function.*`\$\[0\]\[0\]\.x`.*node 'n'.*key_func="):
        app.compile(cache=InMemoryCache()).invoke({"x": lambda: None})
    keyed = CachePolicy(key_func=lambda state: "one")
    made = StateGraph(State).add_node("n", lambda state: {"log": ["n"]}, cache_policy=keyed).add_edge(START, "n")
    assert made.compile(cache=InMemoryCache()).invoke({"x": lambda: None})["log"] == ["n"]


def test_a_cache_is_asked_once_for_all_attempts_and_not_told_of_questions() -> None:
    asked: list[str] = []

    class Asked(InMemoryCache[Any]):
        def get(self, keys: Any) -> Any:
            asked.append("get")
            return super().get(keys)

        def set(self, keys: Any) -> None:
            asked.append("set")
            super().set(keys)

    failures = [ConnectionError(), ConnectionError()]

    def node(state: State) -> dict[str, Any]:
        if failures:
            raise failures.pop()
        return {"log": [interrupt("?")]}

    builder = StateGraph(State).add_node("n", node, cache_policy=CachePolicy(), retry_policy=SOON)
    app = builder.add_edge(START, "n").compile(InMemorySaver(), cache=Asked())
    app.invoke({"log": []}, THREAD)
    assert asked == ["get"]
    assert app.invoke(Command(resume="!"), THREAD)["log"] == ["!"]
    assert asked == ["get", "get", "set"]


def test_same_inputs_in_one_superstep_all_hit() -> None:
    calls: list[int] = []

    def node(arg: int) -> dict[str, Any]:
        calls.append(arg)
        return {"log": [arg]}

    builder = StateGraph(State).add_node("n", node, cache_policy=CachePolicy())
    builder.add_conditional_edges(START, lambda state: [Send("n", arg) for arg in (1, 1, 2)], ["n"])
    app = builder.compile(cache=InMemoryCache())
    app.invoke({"log": []})
    calls.clear()
    assert app.invoke({"log": []})["log"] == [1, 1, 2]
    assert calls == []


class Scaled:
    def __call__(self, state: State) -> dict[str, Any]:
        return {"log": ["scaled"]}


class Shifted:
    def __call__(self, state: State) -> dict[str, Any]:
        return {"log": ["shifted"]}


def labelled(state: State, label: Any) -> dict[str, Any]:
    return {"log": [label]}


def test_other_code_shares_no_results() -> None:
    inner = [StateGraph(State).add_node(name, labelled_as(name)).add_edge(START, name).compile() for name in "ab"]
    codes: list[tuple[Any, Any]] = [
        (Scaled(), "scaled"),
        (Shifted(), "shifted"),
        (partial(labelled, label="one"), "one"),
        (partial(labelled, label="two"), "two"),
        (partial(labelled, label=str.upper), str.upper),
        (partial(labelled, label=str.lower), str.lower),
        (lambda state: {"log": ["first lambda"]}, "first lambda"),
        (lambda state: {"log": ["second lambda"]}, "second lambda"),
        (inner[0], "a"),
        (inner[1], "b"),
    ]
    cache: InMemoryCache[Any] = InMemoryCache()

    def run(code: Any) -> Any:
        builder = StateGraph(State).add_node("n", code, cache_policy=CachePolicy()).add_edge(START, "n")
        return builder.compile(cache=cache).invoke({"log": []})["log"]

    for _ in range(2):
        assert [run(code) for code, _ in codes] == [[label] for _, label in codes]


def labelled_as(name: str) -> Any:
    return lambda state: {"log": [name]}


IDENTITY = """
from functools import partial
from actograph.graph.policies import identity_of

def node(state, limit=3):
    return [part for part in ("a", "b", "c") if part in {"x", "y", "z", "w"}] or (lambda: state)

print(identity_of(node), identity_of(partial(node, limit={"a": (1, 2)})), identity_of(len), identity_of("".join))
"""


def test_code_is_named_the_same_in_every_process() -> None:
    def names(seed: str) -> str:
        command = [sys.executable, "-c", IDENTITY]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout

    assert names("1") == names("2") != ""


def test_the_time_limit_of_the_defaults_holds_for_handlers() -> None:
    async def node(state: State) -> None:
        raise ValueError("bad")

    async def slow(state: State) -> None:
        await asyncio.sleep(30)

    for options in ({"error_handler": slow}, {}):
        builder = StateGraph(State).set_node_defaults(timeout=0.05, **({} if options else {"error_handler": slow}))
        app = builder.add_node("n", node, **options).add_edge(START, "n").compile()
        with pytest.raises(NodeTimeoutError, match="error_handler__"):
            asyncio.run(app.ainvoke({"log": []}))


def test_cancelling_at_any_turn_leaves_nothing_and_a_thread_that_goes_on() -> None:
    class Slow(InMemoryCache[Any]):
        async def aget(self, keys: Any) -> Any:
            await asyncio.sleep(0)
            return self.get(keys)

        async def aset(self, keys: Any) -> None:
            await asyncio.sleep(0)
            self.set(keys)

    async def cached(state: State) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"log": ["cached"]}

    async def fails(state: State) -> None:
        await asyncio.sleep(0)
        raise ConnectionError("down")

    async def handler(state: State, error: NodeError) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"log": [f"handled {error.node}"]}

    builder = StateGraph(State).add_node("cached", cached, cache_policy=CachePolicy(), timeout=30)
    builder.add_node("fails", fails, error_handler=handler, retry_policy=RetryPolicy(initial_interval=0, jitter=False))
    builder.add_node("last", lambda state: {"log": ["last"]}, defer=True)
    builder.add_edge(START, "cached").add_edge(START, "fails").add_edge("cached", "last")
    expected = ["cached", "handled fails", "last"]

    async def cancelled_at(turn: int) -> bool:
        app = builder.compile(InMemorySaver(), cache=Slow())
        app.step_timeout = 30
        running = asyncio.ensure_future(app.ainvoke({"log": []}, THREAD))
        for _ in range(turn):
            await asyncio.sleep(0)
        if running.done():
            assert running.result()["log"] == expected
            return False
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(asyncio.all_tasks()) == 1
        found = await app.aget_state(THREAD)
        given = None if found.metadata is not None else {"log": []}
        assert (await app.ainvoke(given, THREAD))["log"] == expected
        return True

    async def main() -> None:
        turn = 0
        while await cancelled_at(turn):
            turn += 1
        assert turn > 10

    asyncio.run(main())


def test_what_a_runnable_does_is_limited_too() -> None:
    class Both:
        def invoke(self, value: Any, config: Any) -> Any:
            go_on.wait(20)
            return {"log": ["sync, late"]}

        async def ainvoke(self, value: Any, config: Any) -> Any:
            await asyncio.sleep(30)

    go_on = threading.Event()

    def slow(state: State) -> dict[str, Any]:
        go_on.wait(20)
        return {"log": ["slow, late"]}

    inner = graph(slow, name="inner")
    for code in (Both(), inner):
        go_on.clear()
        app = graph(code, timeout=0.1)
        with pytest.raises(NodeTimeoutError):
            app.invoke({"log": []})
        with pytest.raises(NodeTimeoutError):
            asyncio.run(app.ainvoke({"log": []}))
        go_on.set()
        wait_until(lambda: WORKERS.statistics().abandoned == 0)


def test_a_sync_router_of_a_limited_node() -> None:
    seen: list[Any] = []

    async def node(state: State, runtime: Runtime[Any]) -> dict[str, Any]:
        assert runtime.execution_info is not None
        seen.append(runtime.execution_info.task_id)
        return {"log": [await ainterrupt("?")]}

    def router(state: State) -> str:
        seen.append(list(state["log"]))
        return "end"

    builder = StateGraph(State).add_node("n", node).add_node("end", lambda state: {"log": ["end"]})
    builder.add_conditional_edges(START, lambda state: Send("n", {"log": []}, timeout=30), ["n"])
    builder.add_conditional_edges("n", router, ["end"])

    async def main() -> None:
        app = builder.compile(InMemorySaver())
        await app.ainvoke({"log": []}, THREAD)
        assert (await app.ainvoke(Command(resume="!"), THREAD))["log"] == ["!", "end"]

    asyncio.run(main())
    assert seen[1:] == [["!"]], "the node was held, and its router saw its update"


def test_graphs_called_by_code_out_of_time_stop_with_it() -> None:
    begun, late = threading.Event(), threading.Event()
    ran: list[str] = []

    async def waits(state: State) -> None:
        begun.set()
        await asyncio.sleep(30)

    async def never(state: State) -> None:
        ran.append("never")

    def node(state: State) -> None:
        try:
            graph(waits).invoke({})
        finally:
            late.wait(20)
            try:
                graph(never).invoke({})
            except asyncio.CancelledError:
                ran.append("refused")
                raise
            finally:
                ran.append("the thread ended")

    builder = StateGraph(State).add_node("n", node)
    app = builder.add_conditional_edges(START, lambda state: Send("n", {}, timeout=0.3), ["n"]).compile()
    with pytest.raises(NodeTimeoutError):
        asyncio.run(app.ainvoke({"log": []}))
    assert begun.is_set()
    late.set()
    wait_until(lambda: WORKERS.statistics().abandoned == 0)
    assert ran == ["refused", "the thread ended"]
