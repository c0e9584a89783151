"""control: Send

Each `Send` is its own task with its own state, folded in the order of sending; one values chunk for the whole step;
history shows the tasks with push paths and results.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    subjects: list[str]
    jokes: Annotated[list[str], operator.add]


class Job(TypedDict):
    subject: str


def fan_out(state):
    return [Send("work", {"subject": subject}) for subject in state["subjects"]]


def work(state: Job):
    return {"jokes": [f"about {state['subject']} knowing {sorted(state)}"]}


def collect(state):
    return {"jokes": [f"best of {len(state['jokes'])}"]}


def graph(checkpointer=None):
    builder = StateGraph(State)
    builder.add_node("prepare", lambda state: {"subjects": [*state["subjects"], "last"]})
    builder.add_node("work", work).add_node("collect", collect)
    builder.add_edge(START, "prepare").add_conditional_edges("prepare", fan_out, ["work"]).add_edge("work", "collect")
    return builder.compile(checkpointer=checkpointer)


def main(t):
    given = {"subjects": ["cats", "dogs"]}
    t.record("invoke", graph().invoke(given))
    t.record("ainvoke", asyncio.run(graph().ainvoke(given)))
    t.chunks("stream", graph().stream(given, stream_mode=["values", "updates"]), parallel=[{"work"}])
    t.record("no sends", graph().invoke({"subjects": []}))
    app, thread = graph(t.saver()), t.thread()
    app.invoke(given, thread)
    t.history("history", app.get_state_history(thread))
