"""errors: Node error handler
subgraph: As node

Graphs and handlers: a compiled graph as handler, a graph called in one, failures in a sub-graph handled inside or
outside; schemas that make objects, managed values; a deferred node; loops back to the node.
"""

import operator
from dataclasses import dataclass
from typing import Annotated, TypedDict

from pydantic import BaseModel

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.managed import IsLastStep
from actograph.types import Command


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class Managed(TypedDict):
    x: int
    last: IsLastStep


class Model(BaseModel):
    x: int = 0


@dataclass
class Data:
    x: int = 0


def bad(state):
    raise ValueError("bad")


def main(t):
    def graph(schema=State, handler=None, default=None, node=bad, **options):
        builder = StateGraph(schema)
        if default is not None:
            builder.set_node_defaults(error_handler=default)
        return builder.add_node("n", node, error_handler=handler, **options).add_edge(START, "n").compile()

    inner = (
        StateGraph(State).add_node("inner", lambda state: {"log": ["by a graph"]}).add_edge(START, "inner").compile()
    )
    t.record("a graph as handler", graph(handler=inner).invoke({"log": ["in"]}))
    t.chunks("its stream", graph(handler=inner).stream({"log": ["in"]}, subgraphs=True))

    def calls(state, error: NodeError):
        return {"log": inner.invoke({"log": [error.node]})["log"]}

    t.record("a graph called in it", graph(handler=calls).invoke({"log": ["in"]}))

    def handler(state, error: NodeError):
        return {"log": [f"handled {error.node}"]}

    for label, sub in (("inside", graph(handler=handler)), ("outside", graph())):
        t.chunks(f"sub-graph, {label}", graph(node=sub, handler=handler).stream({"log": []}, subgraphs=True))

    seen = []

    def typed(state, error: NodeError):
        seen.append([type(state).__name__, getattr(state, "x", None) or dict(state)])
        return {"x": 5}

    for schema in (Model, Data):
        t.record(f"{schema.__name__}, own", graph(schema, typed).invoke({"x": 1}))
        t.record(f"{schema.__name__}, default", graph(schema, default=typed).invoke({"x": 2}))
    t.record("managed, own", graph(Managed, typed).invoke({"x": 3}))
    t.record("managed, default", graph(Managed, default=typed).invoke({"x": 4}))
    t.record("seen", seen)

    builder = StateGraph(State).add_node("n", bad, error_handler=handler, defer=True)
    builder.add_node("first", lambda state: {"log": ["first"]})
    app = builder.add_edge(START, "first").add_edge(START, "n").compile()
    t.record("deferred", app.invoke({"log": []}))
    with t.raises("back to the node for ever"):
        graph(handler=lambda state: Command(goto="n")).invoke({"log": []}, {"recursion_limit": 5})
    builder = StateGraph(Model).add_node("a", bad, error_handler=typed).add_node("b", bad, error_handler=typed)
    with t.raises("two handlers write one key"):
        builder.add_edge(START, "a").add_edge(START, "b").compile().invoke({"x": 1})
