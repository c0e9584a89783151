"""durability: Determinism; functional: Replay

Chance and time belong in tasks: what the first run drew is what the resumed run sees, while the function's own side effects repeat.
"""

from __future__ import annotations

import itertools
from typing import TypedDict

from actograph.func import entrypoint, task
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    outer: int
    inner: int
    answer: str


def main(t):
    dice = itertools.count(1)
    effects = []

    @task
    def draw():
        return next(dice)

    @entrypoint(checkpointer=t.saver())
    def flow(_):
        effects.append("flow")
        first = draw().result()
        outside = next(dice)
        answer = interrupt(f"drew {first}")
        return {"task": first, "outside": outside, "answer": answer, "then": draw().result()}

    config = t.thread()
    t.record("paused", flow.invoke(1, config))
    t.record("resumed", flow.invoke(Command(resume="yes"), config))
    t.record("effects", effects)

    def inner_node(state):
        effects.append("inner")
        return {"inner": draw().result(), "answer": interrupt("inner?")}

    inner = StateGraph(State)
    inner.add_node("inner_node", inner_node)
    inner.add_edge(START, "inner_node")
    inside = inner.compile()

    def parent(state):
        effects.append("parent")
        return {"outer": draw().result(), **inside.invoke({})}

    outer = StateGraph(State)
    outer.add_node("parent", parent)
    outer.add_edge(START, "parent")
    app = outer.compile(checkpointer=t.saver())
    config = t.thread()
    effects.clear()
    t.record("paused in a sub-graph", app.invoke({}, config))
    t.record("resumed in it", app.invoke(Command(resume="ok"), config))
    t.record("its effects", effects)
