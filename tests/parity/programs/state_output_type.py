"""state: Output type

The output is a dict, also for dataclass and Pydantic output schemas; a key never written is absent, a reducer key is
there with its empty value.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, TypedDict

from pydantic import BaseModel

from actograph.graph import START, StateGraph


class State(TypedDict):
    a: int
    b: int
    c: Annotated[list[int], operator.add]


@dataclass
class DataOut:
    a: int
    b: int = 3


class ModelOut(BaseModel):
    b: int = 3
    c: list[int] = []


def graph(output, update):
    return StateGraph(State, output_schema=output).add_node("n", lambda state: update).add_edge(START, "n").compile()


def main(t):
    for label, output in (("typed dict", State), ("dataclass", DataOut), ("model", ModelOut)):
        t.record(f"{label}, nothing written", graph(output, None).invoke({}))
        t.record(f"{label}, one key", graph(output, {"a": 1}).invoke({}))
        t.record(f"{label}, all keys", graph(output, {"c": [1], "b": 2, "a": 1}).invoke({"c": [0]}))
        t.chunks(
            f"{label}, updates", graph(output, {"c": [1], "a": 1}).stream({"b": 5}, stream_mode=["values", "updates"])
        )
