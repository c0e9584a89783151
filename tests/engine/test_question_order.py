"""Questions that one task has open at once: without keys their order may not change between the pause and the replay."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph
from actograph.types import Command, ainterrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


CONFIG: dict[str, Any] = {"configurable": {"thread_id": "1"}}


def asking(order: list[str], keyed: bool) -> Any:
    async def ask(state: State) -> dict[str, Any]:
        names = list(order)
        answers = await asyncio.gather(*(ainterrupt(f"{name}?", key=name if keyed else None) for name in names))
        return {"log": sorted(f"{name}={answer}" for name, answer in zip(names, answers, strict=True))}

    return StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())


def play(keyed: bool, partly: bool) -> Any:
    async def main() -> Any:
        order = ["a", "b"]
        graph = asking(order, keyed)
        paused = await graph.ainvoke({"log": []}, CONFIG)
        ids = {question.value: question.id for question in paused["__interrupt__"]}
        await graph.aclose()
        order.reverse()
        if partly:
            await graph.ainvoke(Command(resume={ids["a?"]: "A"}), CONFIG)
            await graph.aclose()
            return await graph.ainvoke(Command(resume={ids["b?"]: "B"}), CONFIG)
        return await graph.ainvoke(Command(resume={ids["a?"]: "A", ids["b?"]: "B"}), CONFIG)

    return asyncio.run(main())


@pytest.mark.parametrize("partly", [False, True])
def test_with_keys_any_order_will_do(partly: bool) -> None:
    assert play(True, partly)["log"] == ["a=A", "b=B"]


@pytest.mark.parametrize("partly", [False, True])
def test_without_keys_a_changed_order_is_an_error_that_says_so(partly: bool) -> None:
    with pytest.raises(RuntimeError, match=r"node 'ask' asked 'b\?' where it asked 'a\?' before.*key"):
        play(False, partly)
