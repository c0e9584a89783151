"""build: Conditional edge; errors: Classes

None, START and a key missing in the path map raise; an unknown name, or a `Send` to one, is ignored; END takes no
`Send`; a branch name may be used once per node.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    trail: Annotated[list[str], operator.add]


def graph(answer, path_map=None):
    builder = StateGraph(State)
    for name in ("a", "b"):
        builder.add_node(name, lambda state, name=name: {"trail": [name]})
    builder.add_edge(START, "a")
    builder.add_conditional_edges("a", lambda state: answer, path_map)
    return builder.compile()


def route(state):
    return "b"


def main(t):
    with t.raises("none", culprit=["a"]):
        graph(None).invoke({})
    with t.raises("start", culprit=["a"]):
        graph(START).invoke({})
    with t.raises("none in a list", culprit=["a"]):
        graph(["b", None]).invoke({})
    with t.raises("not in the map", culprit=["elsewhere"]):
        graph("elsewhere", {"b": "b"}).invoke({})
    with t.raises("not in the list map", culprit=["elsewhere"]):
        graph("elsewhere", ["b"]).invoke({})
    with t.raises("send to END", culprit=["END"]):
        graph(Send(END, {})).invoke({})
    t.record("unknown name", graph("nowhere").invoke({}))
    t.record("unknown and known", graph(["nowhere", "b"]).invoke({}))
    t.record("unknown send", graph(Send("nowhere", {})).invoke({}))
    builder = StateGraph(State).add_node("a", route).add_node("b", route).add_conditional_edges("a", route)
    with t.raises("branch name twice", culprit=["route", "a"]):
        builder.add_conditional_edges("a", route)
