"""build: Entry and finish

START and END are `"__start__"` and `"__end__"`; `set_entry_point`, `set_conditional_entry_point` and `set_finish_point`
stand for edges; several entries run in one superstep; a graph may route from START straight to END.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    to: str
    trail: Annotated[list[str], operator.add]


def nodes():
    builder = StateGraph(State)
    for name in ("a", "b"):
        builder.add_node(name, lambda state, name=name: {"trail": [name]})
    return builder


def main(t):
    t.record("constants", [START, END])
    t.record("entry", nodes().set_entry_point("a").set_finish_point("a").compile().invoke({}))
    t.record("two entries", nodes().set_entry_point("b").set_entry_point("a").compile().invoke({}))
    by_key = (
        nodes()
        .set_conditional_entry_point(lambda state: state["to"], {"first": "a", "second": "b", "none": END})
        .compile()
    )
    t.record("conditional", [by_key.invoke({"to": to}) for to in ("first", "second", "none")])
    t.chunks("nothing runs", by_key.stream({"to": "none"}, stream_mode=["values", "updates"]))
    both = nodes().add_edge(START, "a").set_conditional_entry_point(lambda state: "b").compile()
    t.record("edge and branch", both.invoke({}))
    with t.raises("unknown entry", culprit=["zz"]):
        nodes().set_entry_point("zz").compile()
    with t.raises("unknown finish", culprit=["zz"]):
        nodes().set_entry_point("a").set_finish_point("zz").compile()
