"""state: Channels

A channel class, or an instance, in a key's annotation decides how it folds: LastValue, AnyValue, EphemeralValue, Topic
with and without accumulation, UntrackedValue, which no checkpoint holds.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.channels import AnyValue, BinaryOperatorAggregate, EphemeralValue, LastValue, Topic, UntrackedValue
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    last: Annotated[int, LastValue]
    any: Annotated[int, AnyValue]
    once: Annotated[int, EphemeralValue]
    topic: Annotated[list[str], Topic(str)]
    pile: Annotated[list[str], Topic(str, accumulate=True)]
    hidden: Annotated[int, UntrackedValue]
    total: Annotated[int, BinaryOperatorAggregate(int, operator.add)]
    seen: Annotated[list[str], operator.add]


def shown(name, state):
    return f"{name}: {sorted((key, value) for key, value in state.items() if key != 'seen')}"


def make(name, update):
    return lambda state: {"seen": [shown(name, state)], **update}


def graph(saver=None):
    builder = StateGraph(State)
    builder.add_node(
        "a", make("a", {"last": 1, "any": 1, "once": 1, "topic": "a1", "pile": ["a1", "a2"], "hidden": 1, "total": 1})
    )
    builder.add_node("b", make("b", {"any": 1, "topic": ["b1", "b2"], "pile": "b1", "total": 2}))
    builder.add_node("c", make("c", {}))
    builder.add_node("d", make("d", {"once": 4, "topic": "d1"}))
    builder.add_edge(START, "a").add_edge(START, "b").add_edge(["a", "b"], "c").add_edge("c", "d")
    return builder.compile(checkpointer=saver)


def main(t):
    t.record("invoke", graph().invoke({"last": 0, "total": 10}))
    t.record("ainvoke", asyncio.run(graph().ainvoke({"last": 0, "hidden": 5})))
    t.chunks("values", graph().stream({"last": 0}, stream_mode="values"))
    app, thread = graph(t.saver()), t.thread()
    app.invoke({"last": 0}, thread)
    t.record("stored", [snap.values for snap in app.get_state_history(thread)])
