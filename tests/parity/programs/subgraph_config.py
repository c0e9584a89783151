"""subgraph: Called in a node; exec: Config keys

What nodes of a sub-graph see of the config, as a node and called with no config, the node's own, parts of one, and a thread of its own.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def main(t):
    seen = []

    def look(state, config):
        seen.append({key: config[key] for key in sorted(config) if key not in ("callbacks",)})
        return {"log": ["looked"]}

    inner = chain(("look", look))
    ways = {
        "none": lambda config: None,
        "its own": lambda config: config,
        "tags": lambda config: {"tags": ["t"], "metadata": {"m": 1}},
        "a value": lambda config: {"configurable": {"user": "eve"}},
        "own and a value": lambda config: {**config, "configurable": {**config["configurable"], "user": "eve"}},
        "a thread": lambda config: {"configurable": {"thread_id": "other"}},
    }
    run = {"metadata": {"mm": 1}, "tags": ["root"], "recursion_limit": 11, "run_name": "named"}
    for name, make in ways.items():
        saver, config = t.saver(), t.thread(flag="f", items=[1])

        def calls(state, config, make=make):
            given = make(config)
            return inner.invoke({}, given) if given else inner.invoke({})

        app = chain(("outer", calls), checkpointer=saver)
        app.invoke({"x": 1}, {**config, **run})
        t.record(f"{name}: seen", list(seen))
        t.record(f"{name}: stored", [found.metadata for found in saver.list(config)])
        seen.clear()
    for name, saver in [("three deep", t.saver()), ("three deep, no saver", None)]:
        app = chain(("top", chain(("mid", inner))), checkpointer=saver)
        app.invoke({"x": 1}, {**t.thread(flag="f"), **run})
        t.record(name, list(seen))
        seen.clear()
    app = chain(("top", chain(("look", look), checkpointer=True)), checkpointer=t.saver())
    app.invoke({"x": 1}, {**t.thread(), **run})
    t.record("own memory", list(seen))
