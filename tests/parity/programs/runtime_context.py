"""runtime: Context

`context=` reaches nodes as `runtime.context`: a dict is made into the dataclass or model of `context_schema`, an
instance is handed on, a TypedDict stays a dict; without one it is None; an unknown key is an error of the class.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, TypedDict

from pydantic import BaseModel

from actograph.graph import START, StateGraph
from actograph.runtime import Runtime, get_runtime


class State(TypedDict, total=False):
    seen: Any


@dataclass
class Data:
    user: str = "default"
    level: int = 0


class Model(BaseModel):
    user: str = "default"
    level: int = 0


class Typed(TypedDict, total=False):
    user: str
    level: int


def node(state: State, runtime: Runtime[Data]):
    return {"seen": [type(runtime.context).__name__, runtime.context, get_runtime(Data).context is runtime.context]}


def graph(schema):
    return StateGraph(State, context_schema=schema).add_node("node", node).add_edge(START, "node").compile()


def main(t):
    for schema in (Data, Model, Typed):
        app = graph(schema)
        t.record(f"{schema.__name__}, none", app.invoke({}))
        t.record(f"{schema.__name__}, dict", app.invoke({}, context={"user": "ada", "level": 2}))
        t.record(f"{schema.__name__}, instance", app.invoke({}, context=schema(user="eve")))
        t.record(f"{schema.__name__}, async", asyncio.run(app.ainvoke({}, context={"user": "ada"})))
        t.record(f"{schema.__name__}, not from configurable", app.invoke({}, {"configurable": {"user": "ada"}}))
    t.record("no schema", graph(None).invoke({}, context={"user": "ada"}))
    t.record("model coerces", graph(Model).invoke({}, context={"level": "3"}))
    with t.raises("unknown key", culprit=["nobody"]):
        graph(Data).invoke({}, context={"nobody": 1})
    with t.raises("model checks", culprit=["level"]):
        graph(Model).invoke({}, context={"level": "high"})
