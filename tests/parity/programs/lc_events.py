"""exec: Run methods

`astream_events(version="v2")`: starts, chunks and ends of the graph, its nodes, routers and models, with their places
in the tree.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from tests.parity.listener import in_order, model


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


chat = model("one two")


async def asks(state):
    return {"log": [(await chat.ainvoke("q")).content]}


def sync_asks(state):
    return {"log": [chat.invoke("q").content]}


def stay(state):
    return END


def short(value):
    if isinstance(value, dict):
        return {key: short(item) for key, item in in_order(value).items()}
    if isinstance(value, list | tuple):
        return [short(item) for item in value]
    return value if isinstance(value, str | int | None) else f"{type(value).__name__} {getattr(value, 'content', '')}"


async def events(app, given, **options):
    numbers, found = {}, []
    async for event in app.astream_events(given, version="v2", **options):
        parents = [numbers.setdefault(parent, len(numbers)) for parent in event["parent_ids"]]
        found.append(
            (
                event["event"],
                event["name"],
                numbers.setdefault(event["run_id"], len(numbers)),
                parents,
                event["tags"],
                short(event["data"]),
                sorted(event["metadata"]),
            )
        )
    return found


async def main(t):
    app = StateGraph(State).add_node("n", asks).add_edge(START, "n").add_conditional_edges("n", stay).compile(name="G")
    t.record("async node", await events(app, {"x": 1}))
    sync = StateGraph(State).add_node("n", sync_asks).add_edge(START, "n").compile()
    t.record("sync node", await events(sync, {"x": 1}))
    outer = StateGraph(State).add_node("outer", app).add_edge(START, "outer").compile()
    t.record("sub-graph", await events(outer, {"x": 1}))
    t.record("modes", await events(app, {"x": 1}, stream_mode=["values", "updates"]))
    t.record("models only", await events(app, {"x": 1}, include_types=["chat_model"]))
    t.record("by name", await events(app, {"x": 1}, include_names=["n"]))
    t.record("config", await events(app, {"x": 1}, config={"tags": ["T"], "metadata": {"m": 1}, "run_name": "named"}))

    def fail(state):
        raise ValueError("no")

    failing = StateGraph(State).add_node("n", fail).add_edge(START, "n").compile()
    with t.raises("a failure"):
        await events(failing, {"x": 1})
    found = []
    async for event in app.astream_events({"x": 1}, version="v2"):
        found.append(event["event"])
        if event["event"] == "on_chat_model_stream":
            break
    t.record("left", found)
