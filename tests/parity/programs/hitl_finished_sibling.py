"""hitl: Parallel interrupts
persist: get_state while paused or failed
stream: updates, cached

A node beside the asking one finishes: its write shows in the state and the result while paused, it is not run again,
its update is streamed again as cached, and writes fold in order of names.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver, runs):
    def sibling(state):
        runs.append("sibling")
        return {"log": ["sibling"]}

    def ask(state):
        answer = interrupt("?")
        return {"x": answer, "log": ["ask"]}

    builder = StateGraph(State)
    builder.add_node("sibling", sibling)
    builder.add_node("ask", ask)
    builder.add_node("end", lambda state: {"log": ["end"]})
    builder.add_edge(START, "sibling")
    builder.add_edge(START, "ask")
    builder.add_edge(["sibling", "ask"], "end")
    return builder.compile(checkpointer=saver)


STEP = [{"sibling", "ask", "__interrupt__"}]


def main(t):
    runs = []
    app = graph(t.saver(), runs)
    config = t.thread()
    t.chunks("to the pause", app.stream({"x": 0}, config, stream_mode="updates"), STEP)
    t.snapshot("while paused", app.get_state(config))
    t.record("repeated", app.invoke(None, config))
    t.chunks("resumed", app.stream(Command(resume=4), config, stream_mode="updates"), STEP)
    t.history("history", app.get_state_history(config))
    t.record("runs", runs)
    assert runs == ["sibling"]
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    runs = []
    app = graph(t.saver(), runs)
    config = t.thread()
    t.record("async paused", await app.ainvoke({"x": 0}, config))
    t.record("async resumed", await app.ainvoke(Command(resume=4), config))
    t.record("async runs", runs)
