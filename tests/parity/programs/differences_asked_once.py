"""functional: Compose; hitl: In subgraphs

A question asked in a graph that a task of an entrypoint calls, which is called in a node: there it is shown twice, under one id; here once.
Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.func import entrypoint, task
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list, operator.add]


def main(t):
    inner = StateGraph(State).add_node("asks", lambda state: {"log": [interrupt("sure?")]}).add_edge(START, "asks")
    inner = inner.compile()

    @task
    def run(given):
        return inner.invoke({"log": [given]})["log"]

    @entrypoint()
    def flow(given):
        return run(given).result()

    app = StateGraph(State).add_node("calls", lambda state: {"log": flow.invoke("in")}).add_edge(START, "calls")
    app = app.compile(checkpointer=t.saver())
    thread = t.thread()
    app.invoke({"log": []}, thread)
    t.record("asked", [question.value for question in app.get_state(thread).interrupts])
    t.record("answered", app.invoke(Command(resume="yes"), thread))
