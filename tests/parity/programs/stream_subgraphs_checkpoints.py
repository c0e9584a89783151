"""stream: Subgraphs
stream: checkpoints

Checkpoints of sub-graphs, with the config that leads to each and to those around it; tasks that are sub-graphs, or call one,
show where its state is.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


leaf = StateGraph(State).add_node("leaf", lambda state: {"log": ["leaf"]}).add_edge(START, "leaf").compile()


def call(state):
    leaf.invoke({"x": 1})
    return {"log": leaf.invoke({"x": 2})["log"]}


def main(t):
    middle = StateGraph(State).add_node("deep", leaf).add_edge(START, "deep").compile()
    app = StateGraph(State).add_node("sub", middle).add_node("call", call)
    app = app.add_edge(START, "sub").add_edge("sub", "call").compile(checkpointer=t.saver())
    for mode in ("checkpoints", "debug"):
        config = t.thread(user="u")
        t.record(f"{mode}, with", list(app.stream({"x": 0}, config, stream_mode=mode, subgraphs=True)))
        t.record(f"{mode}, without", list(app.stream({"x": 0}, t.thread(), stream_mode=mode)))
