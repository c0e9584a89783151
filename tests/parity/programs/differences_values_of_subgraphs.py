"""stream: v2 parts; stream: Subgraphs

`version="v2"` with `subgraphs=True` and schemas that make objects: there values of a sub-graph are made into the
reading graph's class; here they are made into it where it is the sub-graph's own schema, too, and else left as they
are. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import interrupt


@dataclass
class Outer:
    x: int = 0


class Inner(TypedDict, total=False):
    x: int
    own: int


@dataclass
class Wide:
    x: int = 0
    more: int = 0


@dataclass
class Needs:
    x: int


def main(t):
    inner = StateGraph(Inner).add_node("n", lambda state: {"x": state["x"] + 1}).add_edge(START, "n").compile()
    app = StateGraph(Outer).add_node("inner", inner).add_edge(START, "inner").compile()
    parts = list(app.stream(Outer(1), stream_mode="values", subgraphs=True, version="v2"))
    own = StateGraph(Outer).add_node("n", lambda state: {"x": state.x + 1}).add_edge(START, "n").compile()
    same = StateGraph(Outer).add_node("inner", own).add_edge(START, "inner").compile()
    alike = same.stream(Outer(1), stream_mode="values", subgraphs=True, version="v2")
    t.record("one schema", [part["data"] for part in alike])
    t.record("root", [part["data"] for part in parts if not part["ns"]])
    t.record("sub-graph", [part["data"] for part in parts if part["ns"]])

    narrow = StateGraph(Wide, output_schema=Outer).add_node("n", lambda state: {"x": 2, "more": 3}).add_edge(START, "n")
    try:
        t.record(
            "narrow", [part["data"] for part in narrow.compile().stream(Wide(1), stream_mode="values", version="v2")]
        )
    except Exception as error:
        t.record("narrow", type(error).__name__)

    asks = StateGraph(Needs).add_node("n", lambda state: {"x": interrupt("?")}).add_edge(START, "n")
    asks = asks.compile(checkpointer=t.saver())
    try:
        result = asks.invoke(Needs(1), t.thread(), output_keys="x", version="v2")
        t.record("one key, paused", [result.value, [question.value for question in result.interrupts]])
    except Exception as error:
        t.record("one key, paused", type(error).__name__)
