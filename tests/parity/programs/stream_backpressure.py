"""stream: updates; exec: Run methods

A superstep starts only when the reader has taken the chunks of the one before; closing the stream stops the run; the
thread goes on from there.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, ran):
    def make(name):
        def node(state):
            ran.append(name)
            return {"log": [name]}

        return node

    names = ("a", "b", "c", "d")
    return (
        StateGraph(State)
        .add_sequence([(name, make(name)) for name in names])
        .add_edge(START, "a")
        .compile(checkpointer=saver)
    )


async def main(t):
    ran = []
    app, thread = graph(t.saver(), ran), t.thread()
    stream = app.stream({"log": ["in"]}, thread, stream_mode="updates")
    t.record("before the first read", list(ran))
    t.record("first", [next(stream), list(ran)])
    t.record("second", [next(stream), list(ran)])
    stream.close()
    t.record("after close", list(ran))
    t.record("goes on", app.invoke(None, thread))
    t.record("ran", list(ran))

    ran.clear()
    app, thread = graph(t.saver(), ran), t.thread()
    stream = app.astream({"log": ["in"]}, thread, stream_mode="updates")
    t.record("async, before the first read", list(ran))
    t.record("async, first", [await anext(stream), list(ran)])
    t.record("async, second", [await anext(stream), list(ran)])
    await stream.aclose()
    t.record("async, after close", list(ran))
    t.record("async, goes on", await app.ainvoke(None, thread))
