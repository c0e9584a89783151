"""control: Command

The static edges and branches of a node fire beside its goto, and a target that both name runs once.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    def graph(goto):
        builder = StateGraph(State).add_node("a", lambda state: Command(update={"log": ["a"]}, goto=goto))
        for name in ("b", "c", "d"):
            builder.add_node(name, lambda state, name=name: {"log": [name]})
        return builder.add_edge(START, "a").add_edge("a", "c").add_conditional_edges("a", lambda state: "d").compile()

    t.record("goto, edge and branch", graph("b").invoke({}))
    t.record("goto where the edge goes", graph("c").invoke({}))
    t.chunks("chunks", graph("b").stream({}), parallel=[{"b", "c", "d"}])
