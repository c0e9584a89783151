"""control: Send

The argument replaces the state as it is, uncoerced by the target's schema, and may be anything; sends from START, from
a Command's goto and from a router are alike; the same node may be sent to and reached by an edge in one step.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from pydantic import BaseModel

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


@dataclass
class Job:
    n: int = 0


class Model(BaseModel):
    n: int


def echo(state):
    return {"log": [state]}


def as_dataclass(state: Job):
    return {"log": [f"{type(state).__name__}"]}


def as_model(state: Model):
    return {"log": [f"{type(state).__name__}"]}


def main(t):
    anything = [5, None, "text", [1, 2], {"x": 1}, True]
    builder = StateGraph(State).add_node("echo", echo)
    builder.add_conditional_edges(START, lambda state: [Send("echo", argument) for argument in anything])
    t.record("anything", builder.compile().invoke({"x": 0}))

    builder = StateGraph(State).add_node("data", as_dataclass).add_node("model", as_model)
    builder.add_conditional_edges(
        START, lambda state: [Send("data", Job(1)), Send("model", {"n": "3"}), Send("model", Model(n=4))]
    )
    t.record("typed", builder.compile().invoke({"x": 0}))

    builder = StateGraph(State).add_node(
        "go", lambda state: Command(goto=[Send("echo", {"x": 9}), "echo", Send("echo", {"x": 8})])
    )
    builder.add_node("echo", lambda state: {"log": [state.get("x")]}).add_edge(START, "go")
    t.record("mixed goto", builder.compile().invoke({"x": 0}))
    app, thread = builder.compile(checkpointer=t.saver()), t.thread()
    app.invoke({"x": 0}, thread)
    t.record("tasks", [[(task.name, task.path) for task in snap.tasks] for snap in app.get_state_history(thread)])
    t.record("next", [snap.next for snap in app.get_state_history(thread)])
    t.record(
        "equality",
        [Send("a", 1) == Send("a", 1), Send("a", 1) == Send("a", 2), Send("a", [1]).node, Send("a", [1]).arg],
    )
