"""Differences from LangGraph that random graphs with sub-graphs found."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def asks_twice(state: State) -> State:
    return {"log": [f"{interrupt('first')} {interrupt('second')}"]}


def asked(outcome: dict[str, Any]) -> list[str]:
    return [question.value for question in outcome["__interrupt__"]]


@pytest.mark.parametrize("memory", [None, True])
@pytest.mark.parametrize("updated", [False, True])
def test_going_on_from_the_newest_fork_by_its_name_starts_its_sub_graph_afresh(
    memory: bool | None, updated: bool
) -> None:
    inner = StateGraph(State).add_node("asks", asks_twice).add_edge(START, "asks").compile(checkpointer=memory)
    graph = StateGraph(State).add_node("sub", inner).add_edge(START, "sub").compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}

    def answer(value: str) -> Any:
        return graph.invoke(Command(resume={graph.get_state(thread).interrupts[0].id: value}), thread)

    graph.invoke({"log": []}, thread)
    at: Any = next(row.config for row in graph.get_state_history(thread) if row.next == ("sub",))
    if updated:
        at = graph.update_state(at, {"log": []}, "__start__")
    assert asked(graph.invoke(None, at)) == ["first"]
    assert asked(answer("one")) == ["second"]
    assert asked(graph.invoke(None, graph.get_state(thread).config)) == ["first"]
    assert asked(answer("two")) == ["second"]
    assert answer("three")["log"] == ["two three"]


def test_an_answer_without_an_id_is_given_once_in_a_sub_graph_that_was_updated() -> None:
    def before(state: State) -> State:
        return {"log": ["before"]}

    def first(state: State) -> State:
        return {"log": [interrupt("first")]}

    def second(state: State) -> State:
        return {"log": [interrupt("second")]}

    inner = StateGraph(State).add_sequence([before, first, second]).add_edge(START, "before").compile()
    graph = StateGraph(State).add_node("sub", inner).add_edge(START, "sub").compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    graph.invoke({"log": []}, thread)
    paused: Any = graph.get_state(thread, subgraphs=True).tasks[0].state
    graph.update_state(paused.config, {"log": ["updated"]}, "before")
    assert asked(graph.invoke(None, thread)) == ["first"]
    assert asked(graph.invoke(Command(resume="one"), thread)) == ["second"]
    assert graph.invoke(Command(resume="two"), thread)["log"] == ["before", "updated", "one", "two"]


def test_what_a_sub_graph_left_by_a_command_for_its_parent_is_stored_when_the_run_exits() -> None:
    def leaves(state: State) -> Command[Any]:
        return Command(graph=Command.PARENT, update={"log": ["left"]})

    def asks(state: State) -> State:
        return {"log": [interrupt("question")]}

    inner = StateGraph(State).add_node("leaves", leaves).add_edge(START, "leaves").compile()
    graph = (
        StateGraph(State)
        .add_node("sub", inner)
        .add_node("asks", asks)
        .add_edge(START, "sub")
        .add_edge(START, "asks")
        .compile(checkpointer=InMemorySaver())
    )
    thread: Any = {"configurable": {"thread_id": "1"}}
    graph.invoke({"log": []}, thread, durability="exit")
    state = graph.get_state(thread, subgraphs=True)
    inside: Any = next(task.state for task in state.tasks if task.name == "sub")
    assert inside.next == ("leaves",)
