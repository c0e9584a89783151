"""stream: v2 parts

With `version="v2"` the data of `values` is an instance of the output schema, and the values of checkpoints of the state's schema,
where those are dataclasses or Pydantic models; the input's checkpoint is a dict still. Updates stay as they are.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Annotated, TypedDict

from pydantic import BaseModel

from actograph.graph import START, StateGraph
from actograph.types import interrupt


@dataclass
class Data:
    x: int = 0
    log: Annotated[list[str], operator.add] = field(default_factory=list)


class Model(BaseModel):
    x: int = 0
    y: int | None = None
    log: Annotated[list[str], operator.add] = []


class Plain(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


class Output(BaseModel):
    x: int


def main(t):
    for label, (schema, output) in {
        "dataclass": (Data, None),
        "model": (Model, None),
        "dict": (Plain, None),
        "model of a dict": (Plain, Output),
        "model of a model": (Model, Output),
    }.items():
        builder = StateGraph(schema, output_schema=output) if output else StateGraph(schema)
        builder = builder.add_node("a", lambda state: {"x": 2, "log": ["a"]})
        builder = builder.add_node("ask", lambda state: {"log": [interrupt("?")]})
        app = builder.add_edge(START, "a").add_edge("a", "ask").compile(checkpointer=t.saver())
        for mode in ("values", "updates", "checkpoints", "debug"):
            t.record(f"{label}: {mode}", list(app.stream({"x": 1}, t.thread(), stream_mode=mode, version="v2")))
        t.record(f"{label}: v1", list(app.stream({"x": 1}, t.thread(), stream_mode="values")))
        one = {"output_keys": "x", "interrupt_before": ["ask"]}
        t.record(f"{label}: one key", list(app.stream({"x": 1}, t.thread(), stream_mode="values", version="v2", **one)))
        t.record(
            f"{label}: keys",
            list(app.stream({"x": 1}, t.thread(), stream_mode="values", version="v2", output_keys=["x"])),
        )
        t.record(f"{label}: invoke", app.invoke({"x": 1}, t.thread(), version="v2"))
        t.record(f"{label}: invoke v1", app.invoke({"x": 1}, t.thread()))
    root = StateGraph(Annotated[list, operator.add]).add_node("a", lambda state: ["r"]).add_edge(START, "a").compile()
    t.record("root state", list(root.stream(["q"], stream_mode=["values", "tasks"], version="v2")))
