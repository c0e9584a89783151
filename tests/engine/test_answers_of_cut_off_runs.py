"""A resume that was cut off after its answer was stored: the answer counts, once, and for its own question only."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


CONFIG: dict[str, Any] = {"configurable": {"thread_id": "1"}}


def test_an_answer_given_again_does_not_reach_the_next_question() -> None:
    fails = True

    def ask(state: State) -> dict[str, Any]:
        first = interrupt("first?")
        if fails:
            raise ConnectionError("cut off")
        return {"log": [first, interrupt("second?")]}

    graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
    graph.invoke({"log": []}, CONFIG)
    with pytest.raises(ConnectionError):
        graph.invoke(Command(resume="one"), CONFIG)
    assert graph.get_state(CONFIG).interrupts == (), "the question is answered, although the run failed"
    fails = False
    again = graph.invoke(Command(resume="one"), CONFIG)
    assert [question.value for question in again["__interrupt__"]] == ["second?"]
    assert graph.invoke(Command(resume="two"), CONFIG)["log"] == ["one", "two"]
