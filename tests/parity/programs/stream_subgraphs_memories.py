"""stream: Subgraphs

Namespaces of sub-graphs with a memory of their own, without any, and sent to. A graph that is called with a thread of its own is a
run of its own, and not seen.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    inner = StateGraph(State).add_node("in", lambda state: {"log": ["in"]}).add_edge(START, "in")
    modes = ["values", "updates", "tasks", "checkpoints"]
    for label, checkpointer in {"inherited": None, "own": True, "none": False}.items():
        app = StateGraph(State).add_node("sub", inner.compile(checkpointer=checkpointer)).add_edge(START, "sub")
        app = app.compile(checkpointer=t.saver())
        config = t.thread()
        t.record(f"{label}: first", list(app.stream({"x": 0}, config, stream_mode=modes, subgraphs=True)))
        t.record(f"{label}: second", list(app.stream({"x": 0}, config, stream_mode=modes, subgraphs=True)))

    kept = inner.compile(checkpointer=t.saver())

    def call(state):
        return {"log": kept.invoke({"x": 1}, {"configurable": {"thread_id": "other"}})["log"]}

    app = StateGraph(State).add_node("call", call).add_edge(START, "call")
    for label, saver in {"alone": None, "beside": t.saver()}.items():
        chunks = app.compile(checkpointer=saver).stream({"x": 0}, t.thread(), stream_mode=modes[:3], subgraphs=True)
        t.record(f"a thread of its own, {label}", list(chunks))

    fan = (
        StateGraph(State)
        .add_node("sub", inner.compile())
        .add_conditional_edges(START, lambda state: [Send("sub", {"log": ["s"]})])
    )
    t.record(
        "sent to",
        list(fan.compile(checkpointer=t.saver()).stream({"x": 0}, t.thread(), stream_mode=modes, subgraphs=True)),
    )
