"""build: Several schemas; state: Input/output schema

State is the union of the state, input and output schemas and of every node's annotated input; a node may write any
channel and reads only its own schema; output is filtered by `output_schema`, stream("values") is not.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.graph import START, StateGraph


class Input(TypedDict):
    question: str


class Output(TypedDict):
    answer: str


class Overall(TypedDict):
    question: str
    notes: str


class Private(TypedDict):
    secret: int


def reads_input(state: Input):
    return {"notes": f"keys {sorted(state)}", "secret": 1, "answer": "draft"}


def reads_private(state: Private):
    return {"secret": state["secret"] + 1, "notes": f"keys {sorted(state)}"}


def reads_overall(state: Overall):
    return {"answer": f"{state['notes']}; keys {sorted(state)}"}


def main(t):
    builder = StateGraph(Overall, input_schema=Input, output_schema=Output)
    builder.add_sequence([reads_input, reads_private, reads_overall])
    builder.add_edge(START, "reads_input")
    app = builder.compile(checkpointer=t.saver())
    given = {"question": "?", "notes": "dropped", "answer": "dropped", "unknown": 1}
    thread = t.thread()
    t.record("invoke", app.invoke(given, thread))
    t.snapshot("state", app.get_state(thread))
    t.record("ainvoke", asyncio.run(app.ainvoke(given, t.thread())))
    t.chunks("values", app.stream(given, t.thread(), stream_mode="values"))
    t.chunks("updates", app.stream(given, t.thread(), stream_mode="updates"))
    t.chunks("both", app.stream(given, t.thread(), stream_mode=["values", "updates"]))
