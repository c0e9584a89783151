"""Commands for the graph around a sub-graph, where LangGraph cannot be compared with."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.errors import ParentCommand
from actograph.func import task
from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    log: Annotated[list[Any], operator.add]


CONFIG: dict[str, Any] = {"configurable": {"thread_id": "1"}}


def chain(*nodes: tuple[str, Any], **options: Any) -> Any:
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name: str) -> tuple[str, Any]:
    return name, lambda state: {"log": [name]}


def go(state: State) -> Command[Any]:
    return Command(graph=Command.PARENT, goto="other", update={"log": ["from below"]})


def outer(node: Any) -> Any:
    builder = StateGraph(State).add_node("sub", node).add_node(*says("other"))
    return builder.add_edge(START, "sub").compile()


def test_a_broad_except_does_not_swallow_a_command_for_the_parent() -> None:
    inner = chain(("go", go))

    def careful(state: State) -> dict[str, Any]:
        try:
            return {"log": inner.invoke({})["log"]}
        except Exception:
            return {"log": ["swallowed"]}

    assert outer(careful).invoke({"log": []})["log"] == ["from below", "other"]


def test_a_command_for_the_parent_from_one_of_several_graphs_at_once() -> None:
    inner, slow = chain(("go", go)), chain(says("slow"), says("slower"))

    async def group(state: State) -> dict[str, Any]:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(slow.ainvoke({}))
            tasks.create_task(inner.ainvoke({}))
        return {"log": ["not reached"]}

    async def gathered(state: State) -> dict[str, Any]:
        await asyncio.gather(slow.ainvoke({}), inner.ainvoke({}))
        return {"log": ["not reached"]}

    for node in (group, gathered):
        assert asyncio.run(outer(node).ainvoke({"log": []}))["log"] == ["from below", "other"]


def test_a_command_raised_by_hand_and_one_that_finds_no_parent() -> None:
    def raises(state: State) -> dict[str, Any]:
        raise ParentCommand(go(state))

    assert outer(chain(("raises", raises))).invoke({"log": []})["log"] == ["from below", "other"]
    with pytest.raises(ParentCommand):
        chain(("raises", raises)).invoke({})
    with pytest.raises(ParentCommand):
        chain(("go", go)).invoke({})
    app = chain(("go", lambda state: {}), checkpointer=InMemorySaver())
    with pytest.raises(ParentCommand):
        app.update_state(CONFIG, go({}), as_node="go")


def test_a_command_for_the_parent_from_a_graph_that_a_task_calls() -> None:
    inner = chain(("go", go))

    @task
    async def navigates() -> Any:
        return await inner.ainvoke({})

    @task
    async def by_way_of_another() -> Any:
        return await navigates()

    for call in (navigates, by_way_of_another):

        async def node(state: State, call: Any = call) -> dict[str, Any]:
            await call()
            return {"log": ["not reached"]}

        assert asyncio.run(outer(node).ainvoke({"log": []}))["log"] == ["from below", "other"]
