"""build: Node arguments

A node gets `config`, `writer`, `runtime` by name, annotated or not, positional or keyword-only; defaults are filled,
too, and parameters in any order after the state.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, Optional, TypedDict

from langchain_core.runnables import RunnableConfig

from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import StreamWriter


class State(TypedDict):
    seen: Annotated[list[Any], operator.add]


def annotated(state: State, config: RunnableConfig, writer: StreamWriter, runtime: Runtime):
    writer("annotated: through the writer")
    runtime.stream_writer("annotated: through the runtime")
    return {"seen": [config["configurable"]["user"], runtime.context]}


def bare(state, runtime, writer, config):
    writer("bare: through the writer")
    return {"seen": [config["configurable"]["user"], type(runtime).__name__]}


def keyword_only(state, *, config: Optional[RunnableConfig] = None, writer: StreamWriter):
    writer("keyword_only: through the writer")
    return {"seen": [config is not None]}


def with_default(state, config: RunnableConfig = None, extra: int = 7):
    return {"seen": [config is not None, extra]}


async def asynchronous(state, config: RunnableConfig, *, writer: StreamWriter, runtime: Runtime[dict]):
    writer("asynchronous: through the writer")
    return {"seen": [config["configurable"]["user"], runtime.context]}


class Callable:
    def __call__(self, state: State, config: RunnableConfig, runtime: Runtime):
        return {"seen": [config["configurable"]["user"], runtime.context]}


def graph(*nodes):
    builder = StateGraph(State)
    names = []
    for index, node in enumerate(nodes):
        names.append(f"n{index}")
        builder.add_node(names[-1], node)
    builder.add_edge(START, names[0])
    for left, right in zip(names, names[1:], strict=False):
        builder.add_edge(left, right)
    return builder.compile()


def main(t):
    run = {"configurable": {"user": "ada"}}
    app = graph(annotated, bare, keyword_only, with_default, Callable())
    t.record("invoke", app.invoke({"seen": []}, run, context={"k": 1}))
    t.chunks("stream", app.stream({"seen": []}, run, stream_mode=["custom", "updates"]))

    async def go():
        app = graph(asynchronous, annotated, bare, keyword_only)
        return [
            chunk async for chunk in app.astream({"seen": []}, run, context={"k": 2}, stream_mode=["custom", "updates"])
        ]

    t.chunks("astream", asyncio.run(go()))
