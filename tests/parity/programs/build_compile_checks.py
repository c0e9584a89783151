"""build: Compile checks [obs]; build: Compile

No entry, unknown edge ends, END as source, START as target, unknown breakpoints and a wrong checkpointer are refused,
each by type; an unreachable node is allowed.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    x: int


def step(state):
    return {"x": state["x"] + 1}


def route(state):
    return "a"


def builder(*names):
    out = StateGraph(State)
    for name in names:
        out.add_node(name, step)
    return out


def main(t):
    with t.raises("no entry", culprit=["START"]):
        builder("a").compile()
    with t.raises("empty graph", culprit=["START"]):
        builder().compile()
    with t.raises("unknown target", culprit=["zz"]):
        builder("a").add_edge(START, "a").add_edge("a", "zz").compile()
    with t.raises("unknown source", culprit=["zz"]):
        builder("a").add_edge(START, "a").add_edge("zz", "a").compile()
    with t.raises("START as target", culprit=["START"]):
        builder("a").add_edge("a", START)
    with t.raises("END as source", culprit=["END"]):
        builder("a").add_edge(END, "a")
    with t.raises("join from an unknown node", culprit=["zz"]):
        builder("a").add_edge(["a", "zz"], "a")
    with t.raises("join from START", culprit=["__start__"]):
        builder("a").add_edge([START, "a"], "a")
    with t.raises("join from END", culprit=["END"]):
        builder("a").add_edge(["a", END], "a")
    with t.raises("join to START", culprit=["START"]):
        builder("a").add_edge(["a"], START)
    with t.raises("join to an unknown node", culprit=["zz"]):
        builder("a").add_edge(START, "a").add_edge(["a"], "zz").compile()
    with t.raises("branch from an unknown node", culprit=["zz"]):
        builder("a").add_edge(START, "a").add_conditional_edges("zz", route).compile()
    with t.raises("branch to an unknown node", culprit=["a", "route", "zz"]):
        builder("a").add_edge(START, "a").add_conditional_edges("a", route, {"a": "zz"}).compile()
    with t.raises("branch list with an unknown node", culprit=["a", "route", "zz"]):
        builder("a").add_edge(START, "a").add_conditional_edges("a", route, ["zz"]).compile()
    with t.raises("breakpoint before an unknown node", culprit=["zz"]):
        builder("a").add_edge(START, "a").compile(interrupt_before=["zz"])
    with t.raises("breakpoint after an unknown node", culprit=["zz"]):
        builder("a").add_edge(START, "a").compile(interrupt_after=["zz"])
    with t.raises("wrong checkpointer", culprit=["int"]):
        builder("a").add_edge(START, "a").compile(checkpointer=5)
    t.record("unreachable", builder("a", "never").add_edge(START, "a").compile().invoke({"x": 1}))
    t.record("false is no checkpointer", builder("a").add_edge(START, "a").compile(checkpointer=False).invoke({"x": 1}))
