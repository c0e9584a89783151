"""memory: Store

A sub-graph compiled with a store under a parent that has none: there its nodes get None; here its own store. A
parameter annotated with a kind of store: there it is not passed, here it is. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.config import get_store
from actograph.graph import START, StateGraph
from actograph.store.memory import InMemoryStore


class State(TypedDict, total=False):
    x: str


def own(state):
    store = get_store()
    return {"x": "none" if store is None else store.get(("a",), "k").value["of"]}


def wants(state, *, store: InMemoryStore):
    return {"x": store.get(("a",), "k").value["of"]}


def graph(node, store=None):
    return StateGraph(State).add_node("n", node).add_edge(START, "n").compile(store=store)


def filled(owner):
    store = InMemoryStore()
    store.put(("a",), "k", {"of": owner})
    return store


def outcome(app):
    try:
        return app.invoke({"x": ""})
    except Exception as error:
        return type(error).__name__


def main(t):
    t.record("a store of its own", outcome(graph(own, filled("itself"))))
    t.record("the parent has one", outcome(graph(graph(own, filled("sub-graph")), filled("parent"))))
    t.record("the parent has none", outcome(graph(graph(own, filled("sub-graph")))))
    t.record("by its kind", outcome(graph(wants, filled("graph"))))
