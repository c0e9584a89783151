"""hitl: In tools

A tool that asks pauses its node on both; callbacks hear of the tool's error only where the signal is an `Exception`,
since LangChain's tools report no others.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt
from langchain_core.tools import tool
from tests.parity.listener import Listener


class State(TypedDict):
    answer: str


@tool
def ask(question: str) -> str:
    """Ask."""
    return interrupt(question)


def node(state):
    return {"answer": ask.invoke({"question": "sure?"})}


def main(t):
    app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile(checkpointer=t.saver())
    config = t.thread()
    listener = Listener()
    t.record("paused", app.invoke({"answer": ""}, {**config, "callbacks": [listener]}))
    t.record("the tool's error", [entry for entry in listener.heard if entry[0] == "tool error"])
    t.record("the rest", [entry[:2] for entry in listener.heard if entry[0] != "tool error"])
    t.record("answered", app.invoke(Command(resume="yes"), config))
