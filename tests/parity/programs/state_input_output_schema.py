"""state: Input/output schema

Input keys outside `input_schema` are dropped, invoke output is filtered by `output_schema`, "values" shows all
channels, and `output_keys` overrides both.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import StateGraph


class Input(TypedDict):
    ask: str
    log: Annotated[list[str], operator.add]


class Output(TypedDict):
    reply: str


class State(Input, Output):
    hidden: int


def work(state: State):
    return {"reply": f"{state['ask']} {sorted(state)}", "hidden": 1, "log": ["work"]}


def main(t):
    app = (
        StateGraph(State, input_schema=Input, output_schema=Output)
        .add_node("work", work)
        .set_entry_point("work")
        .compile()
    )
    given = {"ask": "?", "hidden": 9, "reply": "no", "log": ["in"]}
    t.record("invoke", app.invoke(given))
    t.record("ainvoke", asyncio.run(app.ainvoke(given)))
    t.chunks("values", app.stream(given, stream_mode="values"))
    t.chunks("updates", app.stream(given, stream_mode="updates"))
    t.record("output_keys", app.invoke(given, output_keys=["hidden", "log"]))
    t.record("one output key", app.invoke(given, output_keys="log"))
    t.chunks("values, output_keys", app.stream(given, stream_mode="values", output_keys=["hidden"]))
    t.chunks("updates, output_keys", app.stream(given, stream_mode="updates", output_keys=["hidden"]))
