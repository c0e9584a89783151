"""LangChain beside the core: nothing of it is loaded unasked, graphs are runnables, and callbacks hear of held, cancelled and left runs."""

from __future__ import annotations

import asyncio
import copy
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable
from langchain_core.tracers.context import collect_runs

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from actograph.types import Command, ainterrupt
from tests.parity.listener import Listener, model


class State(TypedDict, total=False):
    x: int
    messages: Annotated[list[BaseMessage], add_messages]


def graph(node: Any, **options: Any) -> Any:
    return StateGraph(State).add_node("n", node).add_edge(START, "n").compile(**options)


def increment(state: State) -> State:
    return {"x": state["x"] + 1}


def python(code: str) -> str:
    """What `code` prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


_GRAPH = """
import asyncio, sys
from typing import TypedDict
from actograph.graph import StateGraph, START
class S(TypedDict):
    x: int
g = StateGraph(S).add_node("n", lambda state: {"x": state["x"] + 1}).add_edge(START, "n").compile()
"""


def test_a_run_without_callbacks_loads_nothing() -> None:
    code = """
print(g.invoke({"x": 1}), asyncio.run(g.ainvoke({"x": 1})), g.batch([{"x": 1}, {"x": 2}]), asyncio.run(g.abatch([{"x": 5}])))
print(list(g.stream({"x": 1}, {"callbacks": None})), hasattr(g, "no_such_thing"), hasattr(g, "_repr_html_"))
print([name for name in sys.modules if name.startswith(("langchain", "pydantic", "langsmith"))])
"""
    lines = python(_GRAPH + code).splitlines()
    assert lines[0] == "{'x': 2} {'x': 2} [{'x': 2}, {'x': 3}] [{'x': 6}]"
    assert lines[1] == "[{'n': {'x': 2}}] False False"
    assert lines[2] == "[]"


def test_without_langchain_the_error_names_the_extra() -> None:
    code = """
sys.modules["langchain_core"] = None
for ask in (lambda: g | (lambda x: x), lambda: (lambda x: x) | g, lambda: g.pipe(len), lambda: g.bind(), lambda: g.with_retry(),
            lambda: g.astream_events({"x": 1}, version="v2"), lambda: __import__("actograph.callbacks")):
    try:
        ask()
    except ModuleNotFoundError as error:
        assert 'pip install "actograph[langchain]"' in str(error), error
    else:
        raise AssertionError(ask)
print(g.get_name(), g.batch([{"x": 1}]), list(g.stream({"x": 1}, stream_mode=["messages", "updates"])))
"""
    assert python(_GRAPH + code) == "LangGraph [{'x': 2}] [('updates', {'n': {'x': 2}})]"


@pytest.mark.parametrize("first", [True, False])
def test_a_graph_is_a_runnable_whichever_is_imported_first(first: bool) -> None:
    imports = "from langchain_core.runnables import Runnable, RunnableLambda\n"
    code = "print(isinstance(g, Runnable), (RunnableLambda(lambda x: {'x': x}) | g).invoke(1))"
    assert python((imports if first else "") + _GRAPH + ("" if first else imports) + code) == "True {'x': 2}"


def test_a_graph_can_be_copied_and_asked_for_unknown_things() -> None:
    app = graph(increment)
    assert copy.copy(app).invoke({"x": 1})["x"] == 2
    assert isinstance(app, Runnable)
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = app.no_such_thing


def test_runs_are_collected_by_context() -> None:
    with collect_runs() as collected:
        graph(increment).invoke({"x": 1}, {"run_name": "mine"})
    assert [run.name for run in collected.traced_runs] == ["mine"]


def test_a_held_task_is_heard_of_in_both_runs() -> None:
    entered = []

    async def node(state: State) -> State:
        entered.append(1)
        said = await chat.ainvoke("before")
        answer = await ainterrupt("sure?")
        again = await chat.ainvoke("after")
        return {"messages": [AIMessage(f"{said.content} {answer} {again.content}")]}

    chat = model("hi")

    async def main() -> tuple[list[Any], list[Any], Any]:
        app = graph(node, checkpointer=InMemorySaver())
        first, second = Listener(), Listener()
        thread = {"configurable": {"thread_id": "1"}}
        await app.ainvoke({"x": 1}, {**thread, "callbacks": [first]})
        result = await app.ainvoke(Command(resume="yes"), {**thread, "callbacks": [second]})
        return first.heard, second.heard, result

    first, second, result = asyncio.run(main())
    assert entered == [1]
    assert result["messages"][0].content == "hi yes hi"
    assert [entry[:2] for entry in first] == [
        ("start", 0),
        ("start", 1),
        ("model", 2),
        ("said", 2),
        ("error", 1),
        ("end", 0),
    ]
    assert first[4][2] == "GraphInterrupt"
    assert [entry[:2] for entry in second] == [
        ("start", 0),
        ("start", 1),
        ("model", 2),
        ("said", 2),
        ("end", 1),
        ("end", 0),
    ]
    assert second[2][2] == 1  # the model's parent is the node's run of the second graph run


def test_a_held_task_ends_once_for_callbacks_that_only_its_first_run_has() -> None:
    async def node(state: State) -> State:
        return {"x": await ainterrupt("sure?")}

    async def main() -> list[Any]:
        app = graph(node, checkpointer=InMemorySaver())
        listener = Listener()
        thread = {"configurable": {"thread_id": "1"}}
        await app.ainvoke({"x": 1}, {**thread, "callbacks": [listener]})
        assert (await app.ainvoke(Command(resume=5), thread))["x"] == 5
        return [entry[:2] for entry in listener.heard]

    assert asyncio.run(main()) == [("start", 0), ("start", 1), ("error", 1), ("end", 0)]


def test_a_held_task_streams_its_messages_to_the_run_that_resumes_it() -> None:
    chat = model("one two")

    async def node(state: State) -> State:
        await ainterrupt("sure?")
        return {"messages": [await chat.ainvoke("x")]}

    async def main() -> list[str]:
        app = graph(node, checkpointer=InMemorySaver())
        thread = {"configurable": {"thread_id": "1"}}
        await app.ainvoke({"x": 1}, thread)
        chunks = app.astream(Command(resume=1), thread, stream_mode="messages")
        return [message.content async for message, _ in chunks]

    assert asyncio.run(main()) == ["one", " ", "two"]


def test_threads_of_a_node_without_its_context_are_heard_by_their_config() -> None:
    chat = model("one two")

    def node(state: State, config: Any) -> State:
        with ThreadPoolExecutor(1) as pool:
            return {"messages": [pool.submit(chat.invoke, "x", config).result()]}

    chunks = list(graph(node).stream({"x": 1}, stream_mode="messages"))
    assert [message.content for message, _ in chunks] == ["one", " ", "two"]


def test_a_cancelled_run_is_heard_of_as_an_error_and_leaves_nothing() -> None:
    listener = Listener()

    async def node(state: State) -> State:
        await asyncio.sleep(30)
        return {}

    async def main() -> int:
        running = asyncio.create_task(graph(node).ainvoke({"x": 1}, {"callbacks": [listener]}))
        while len(listener.heard) < 2:
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
    assert listener.heard[2:] == [("error", 1, "CancelledError"), ("error", 0, "CancelledError")]


def test_a_stream_that_is_left_is_heard_of_as_left() -> None:
    listener = Listener()

    async def main() -> int:
        chunks = graph(increment).astream({"x": 1}, {"callbacks": [listener]}, stream_mode="values")
        async for _ in chunks:
            break
        await chunks.aclose()
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
    assert [entry for entry in listener.heard if entry[0] == "error"] == [("error", 0, "GeneratorExit")]


def test_a_cache_key_may_ask_for_the_config() -> None:
    from actograph.cache.memory import InMemoryCache
    from actograph.config import get_config
    from actograph.types import CachePolicy

    def key_of(state: State) -> str:
        return str(get_config()["metadata"]["langgraph_node"])

    builder = StateGraph(State).add_node("n", increment, cache_policy=CachePolicy(key_func=key_of)).add_edge(START, "n")
    listener = Listener()
    assert builder.compile(cache=InMemoryCache()).invoke({"x": 1}, {"callbacks": [listener]})["x"] == 2
    assert [entry[:2] for entry in listener.heard] == [("start", 0), ("start", 1), ("end", 1), ("end", 0)]


def test_a_cancelled_batch_leaves_no_task() -> None:
    async def node(state: State) -> State:
        await asyncio.sleep(30)
        return {}

    async def main() -> int:
        running = asyncio.create_task(graph(node).abatch([{"x": 1}] * 5, {"max_concurrency": 2}))
        await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1


def test_a_sync_runnable_runs_in_the_callers_thread() -> None:
    from langchain_core.runnables import RunnableLambda

    threads = []

    def node(state: State) -> State:
        threads.append(threading.get_ident())
        asyncio.run(asyncio.sleep(0))  # no loop is running here
        return {"x": 2}

    assert graph(RunnableLambda(node)).invoke({"x": 1})["x"] == 2
    assert graph(RunnableLambda(node)).invoke({"x": 1}, {"callbacks": [Listener()]})["x"] == 2
    assert threads == [threading.get_ident()] * 2


def test_sync_handlers_of_a_sync_run_see_no_running_loop() -> None:
    from langchain_core.callbacks import BaseCallbackHandler

    loops = []

    class Handler(BaseCallbackHandler):
        raise_error = True

        def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            loops.append(asyncio._get_running_loop())

        def on_chain_end(self, *args: Any, **kwargs: Any) -> None:
            loops.append(asyncio._get_running_loop())

    from langchain_core.runnables import RunnableLambda

    for node in (increment, RunnableLambda(increment)):
        graph(node).invoke({"x": 1}, {"callbacks": [Handler()]})
    assert loops == [None] * len(loops) and len(loops) == 10
