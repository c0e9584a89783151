"""A node that stands at `ainterrupt` while another run takes it over: what it was given follows that run."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.config import RunnableConfig, get_config, get_stream_writer
from actograph.errors import NodeTimeoutError
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import Command, RetryPolicy, ainterrupt


class State(TypedDict, total=False):
    log: Annotated[list[Any], operator.add]


def graph(node: Any, **options: Any) -> Any:
    builder = StateGraph(State).add_node("n", node, **options).add_edge(START, "n")
    return builder.compile(checkpointer=InMemorySaver())


THREAD: Any = {"configurable": {"thread_id": "1", "user": "ada"}, "metadata": {"m": 1}}


def test_writer_runtime_and_config_follow_the_run_that_resumes() -> None:
    entered = []

    async def node(state: State, config: RunnableConfig, runtime: Runtime[Any], writer: Any) -> dict[str, Any]:
        entered.append(1)
        first = runtime.execution_info
        writer("before")
        answer = await ainterrupt("?")
        for write in (writer, runtime.stream_writer, get_stream_writer()):
            write("after")
        second = runtime.execution_info
        assert first is not None
        assert second is not None
        now: Any = get_config()
        assert now["metadata"]["langgraph_node"] == config["metadata"]["langgraph_node"] == "n"
        return {
            "log": [answer, runtime.context, first.run_id, second.run_id, first.task_id == second.task_id, now["tags"]]
        }

    async def main() -> None:
        app = graph(node)
        first = [
            chunk
            async for chunk in app.astream(
                {}, {**THREAD, "run_id": "one", "tags": ["1"]}, context="ctx", stream_mode="custom"
            )
        ]
        assert first == ["before"]
        resumed = {**THREAD, "run_id": "two", "tags": ["2"]}
        chunks = [
            chunk
            async for chunk in app.astream(
                Command(resume="yes"), resumed, context="ctx", stream_mode=["custom", "values"]
            )
        ]
        assert [chunk for mode, chunk in chunks if mode == "custom"] == ["after"] * 3
        assert chunks[-1][1] == {"log": ["yes", "ctx", "one", "two", True, ["2"]]}
        assert entered == [1]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("change", "entries"),
    [({}, 1), ({"metadata": {"m": 2}}, 2), ({"configurable": {"thread_id": "1", "user": "eve"}}, 2)],
)
def test_another_caller_gets_a_replay(change: dict[str, Any], entries: int) -> None:
    entered = []

    async def node(state: State, config: RunnableConfig) -> dict[str, Any]:
        entered.append(1)
        answer = await ainterrupt("?")
        return {"log": [answer, config["configurable"]["user"], config["metadata"]["m"]]}

    async def main() -> Any:
        app = graph(node)
        await app.ainvoke({}, THREAD)
        return await app.ainvoke(Command(resume="yes"), {**THREAD, **change})

    result = asyncio.run(main())
    config = {**THREAD, **change}
    assert result == {"log": ["yes", config["configurable"]["user"], config["metadata"]["m"]]}
    assert len(entered) == entries


def test_a_node_s_clock_stands_while_it_waits_for_an_answer() -> None:
    entered = []

    async def node(state: State) -> dict[str, Any]:
        entered.append(1)
        answer = await ainterrupt("?")
        if answer == "hang":
            await asyncio.Event().wait()
        return {"log": [answer]}

    async def main(answer: str) -> Any:
        app = graph(node, timeout=0.02, retry_policy=RetryPolicy(max_attempts=1))
        await app.ainvoke({}, THREAD)
        await asyncio.sleep(0.1)
        return await app.ainvoke(Command(resume=answer), THREAD)

    assert asyncio.run(main("yes")) == {"log": ["yes"]}
    assert len(entered) == 1
    with pytest.raises(NodeTimeoutError):
        asyncio.run(main("hang"))
