"""state: Schema kinds; state: Output type

Pydantic: values are checked and coerced on the way into a node, never on the way out; the channel keeps what was
written; the output is a dict; a model as input or return value writes its set fields and its non-None defaults.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Optional

from pydantic import BaseModel

from actograph.graph import END, START, StateGraph


class Inner(BaseModel):
    n: int = 0


class State(BaseModel):
    x: int
    y: int = 7
    z: Optional[str] = None
    inner: Inner = Inner()
    log: Annotated[list[str], operator.add] = []


def look(state: State):
    return {"x": state.x + state.y, "log": [f"{type(state).__name__} {state.x!r} {state.y} {state.z} {state.inner.n}"]}


def route(state: State):
    return END if isinstance(state, State) else "look"


def graph(*nodes):
    return (
        StateGraph(State)
        .add_sequence([(f"n{i}", node) for i, node in enumerate(nodes)])
        .add_edge(START, "n0")
        .compile()
    )


def main(t):
    t.record("coerced for the node", graph(look).invoke({"x": "1"}))
    t.record("async", asyncio.run(graph(look).ainvoke({"x": "1", "inner": {"n": "3"}})))
    t.chunks("channel keeps what was written", graph(look).stream({"x": "1"}, stream_mode="values"))
    t.record("model in", graph(look).invoke(State(x=1)))
    t.record("model in, all set", graph(look).invoke(State(x=1, y=2, z="z", inner=Inner(n=4), log=["in"])))
    t.record("nested model comes back as given", graph(look).invoke({"x": 1, "inner": Inner(n=2)}))
    t.chunks("model out", graph(lambda state: State(x=5)).stream({"x": 1}, stream_mode="updates"))
    t.record("out is not checked", graph(lambda state: {"x": "bad"}).invoke({"x": 1}))
    with t.raises("wrong input", culprit=["x"]):
        graph(look).invoke({"x": "not a number"})
    with t.raises("missing field", culprit=["x"]):
        graph(look).invoke({"y": 1})
    with t.raises("checked into the next node", culprit=["x"]):
        graph(lambda state: {"x": "bad"}, look).invoke({"x": 1})
    routed = StateGraph(State).add_node("look", look).add_edge(START, "look").add_conditional_edges("look", route)
    t.record("router gets a model", routed.compile().invoke({"x": 1}))
