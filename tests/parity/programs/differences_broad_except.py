"""hitl: Must not be caught

A node that wraps `interrupt()` in `except Exception` pauses on actograph; on LangGraph the handler swallows the pause
and the graph runs on. Naming the signal and raising it again works on both. Deliberate: docs/decisions/0004.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.errors import GraphInterrupt
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict):
    answer: str


def broad(state: State) -> dict:
    try:
        return {"answer": interrupt("publish?")}
    except Exception:
        return {"answer": "nobody was asked"}


def named(state: State) -> dict:
    try:
        return {"answer": interrupt("publish?")}
    except GraphInterrupt:
        raise


def main(t):
    for node in (broad, named):
        config = t.thread()
        graph = StateGraph(State).add_node("node", node).add_edge(START, "node").compile(checkpointer=t.saver())
        first = graph.invoke({"answer": ""}, config)
        t.record(f"{node.__name__}: questions", [question.value for question in first.get("__interrupt__", ())])
        t.record(f"{node.__name__}: answer", graph.invoke(Command(resume="yes"), config)["answer"])
        t.record(f"{node.__name__}: next", graph.get_state(config).next)
