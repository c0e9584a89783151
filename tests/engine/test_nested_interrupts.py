"""A graph called in a node, without memory of its own, asks through that node: the node pauses, and replays it when answered."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph
from actograph.types import Command, ainterrupt, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[Any], operator.add]


CONFIG: dict[str, Any] = {"configurable": {"thread_id": "1"}}


def inner(node: Any) -> Any:
    return StateGraph(State).add_node("asks", node).add_edge(START, "asks").compile()


def sync_node(state: State) -> dict[str, Any]:
    return {"log": [interrupt("one?"), interrupt("two?")]}


async def async_node(state: State) -> dict[str, Any]:
    return {"log": [await ainterrupt("one?"), await ainterrupt("two?")]}


@pytest.mark.parametrize("how", ["as a node", "called", "called async", "streamed"])
@pytest.mark.parametrize("node", [sync_node, async_node])
def test_questions_of_a_nested_graph_are_answered_through_the_node_that_calls_it(node: Any, how: str) -> None:
    nested = inner(node)

    def call(state: State) -> Any:
        return {"log": nested.invoke({})["log"]}

    async def acall(state: State) -> Any:
        return {"log": (await nested.ainvoke({}))["log"]}

    async def stream(state: State) -> Any:
        chunks = [chunk async for chunk in nested.astream({}, stream_mode="updates")]
        return {"log": chunks[0]["asks"]["log"]}

    outer = (
        StateGraph(State)
        .add_node("outer", {"as a node": nested, "called": call, "called async": acall, "streamed": stream}[how])
        .add_edge(START, "outer")
        .compile(checkpointer=InMemorySaver())
    )

    async def main() -> None:
        paused = await outer.ainvoke({"log": []}, CONFIG)
        assert [question.value for question in paused["__interrupt__"]] == ["one?"]
        paused = await outer.ainvoke(Command(resume=1), CONFIG)
        assert [question.value for question in paused["__interrupt__"]] == ["two?"]
        assert (await outer.ainvoke(Command(resume=2), CONFIG))["log"] == [1, 2]

    asyncio.run(main())


def test_two_calls_in_one_node_keep_their_answers_apart() -> None:
    nested = inner(lambda state: {"log": [interrupt("?")]})

    def call(state: State) -> Any:
        return {"log": nested.invoke({})["log"] + nested.invoke({})["log"]}

    outer = StateGraph(State).add_node("outer", call).add_edge(START, "outer").compile(checkpointer=InMemorySaver())
    first = outer.invoke({"log": []}, CONFIG)["__interrupt__"][0].id
    second = outer.invoke(Command(resume="a"), CONFIG)["__interrupt__"][0].id
    assert first != second
    assert outer.invoke(Command(resume="b"), CONFIG)["log"] == ["a", "b"]
