"""subgraph: Checkpointer

`checkpointer=False`: nothing of the sub-graph is stored; its state cannot be seen; what is inside it still inherits.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def main(t):
    forgets = chain(says("one"), says("two"), checkpointer=False)
    saver, config = t.saver(), t.thread()
    app = chain(says("first"), ("sub", forgets), says("last"), checkpointer=saver)
    t.record("result", app.invoke({"x": 1}, config))
    t.record("stored", [(found.config, found.metadata) for found in saver.list(config)])
    t.history("history", app.get_state_history(config))

    asks = chain(says("before"), ("ask", lambda state: {"log": [interrupt("?")]}), checkpointer=False)
    saver, config = t.saver(), t.thread()
    app = chain(says("first"), ("sub", asks), says("last"), checkpointer=saver)
    t.record("pause", app.invoke({"x": 1}, config))
    t.snapshot("while paused", app.get_state(config, subgraphs=True))
    t.record("answered", app.invoke(Command(resume="yes"), config))
    t.record("stored after", [(found.config, found.metadata) for found in saver.list(config)])

    inner = chain(says("deep"))
    saver, config = t.saver(), t.thread()
    app = chain(("sub", chain(says("between"), ("mid", inner), checkpointer=False)), checkpointer=saver)
    t.record("inherited below", app.invoke({"x": 1}, config))
    t.record("stored below", [(found.config, found.metadata["step"]) for found in saver.list(config)])
