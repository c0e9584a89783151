"""hitl: Resume; hitl: Several in one node

Answers that are no longer wanted, or hold None: what a second run without an answer asks, an answer of None, an
answer given to a past checkpoint, two updates of a paused thread. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: str
    note: str


def two(state):
    return {"x": f"{interrupt('first')}, {interrupt('second')}"}


def one(state):
    return {"x": f"{interrupt('one')}"}


def graph(saver, node):
    return StateGraph(State).add_node("n", node).add_edge(START, "n").compile(checkpointer=saver)


def outcome(app, given, config):
    try:
        result = app.invoke(given, config)
    except Exception as error:
        return type(error).__name__
    return [question.value for question in result.get("__interrupt__", ())] or result["x"]


def main(t):
    app, thread = graph(t.saver(), two), t.thread()
    t.record("asked", [outcome(app, {"x": ""}, thread), outcome(app, Command(resume="a"), thread)])
    t.record("nothing given", outcome(app, None, thread))

    app, thread = graph(t.saver(), one), t.thread()
    app.invoke({"x": ""}, thread)
    t.record("None given", outcome(app, Command(resume=None), thread))

    app, thread = graph(t.saver(), one), t.thread()
    app.invoke({"x": ""}, thread)
    past = app.get_state(thread).config
    t.record("answered", outcome(app, Command(resume="old"), thread))
    t.record("the past answered anew", outcome(app, Command(resume="new"), past))

    app, thread = graph(t.saver(), one), t.thread()
    app.invoke({"x": ""}, thread)
    t.record("updates", [outcome(app, Command(update={"note": note}), thread) for note in "ab"])
    t.record("then", outcome(app, Command(resume="yes"), thread))
