"""control: Command; hitl: Resume with update

A Command as input: on a thread `update` writes as if from outside and `goto` starts nodes, also on a finished thread;
on an empty one START's edges fire as well.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    for name in ("a", "b"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state.get('x')}"]})
    return builder.add_edge(START, "a").compile(checkpointer=saver)


def main(t):
    app, thread = graph(t.saver()), t.thread()
    t.record("run", app.invoke({"x": 1}, thread))
    t.record("update", app.invoke(Command(update={"x": 2, "log": ["u"]}), thread))
    t.snapshot("after update", app.get_state(thread))
    t.record("goto", app.invoke(Command(goto="b"), thread))
    t.record("both", app.invoke(Command(goto=["b", Send("b", {"x": 7})], update={"x": 3}), thread))
    t.chunks("chunks", app.stream(Command(goto="b", update={"x": 4}), thread, stream_mode=["values", "updates"]))
    t.record("async", asyncio.run(app.ainvoke(Command(goto="b"), thread)))
    t.history("history", app.get_state_history(thread))
    t.record("empty thread", app.invoke(Command(goto="b", update={"x": 9}), t.thread()))
