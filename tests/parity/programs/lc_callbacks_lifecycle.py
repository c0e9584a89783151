"""exec: Config keys

Graph handlers hear when a run pauses, at questions or at a breakpoint, and when one goes on from a checkpoint.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.callbacks import GraphCallbackHandler, get_sync_graph_callback_manager_for_config
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def ask(state):
    return {"log": [interrupt("sure?")]}


class Handler(GraphCallbackHandler):
    def __init__(self):
        self.heard = []

    def on_interrupt(self, event):
        values = sorted(question.value for question in event.interrupts)
        self.heard.append(
            ("paused", event.status, values, event.checkpoint_id, event.checkpoint_ns, bool(event.run_id))
        )

    def on_resume(self, event):
        self.heard.append(("goes on", event.status, event.checkpoint_id, event.checkpoint_ns, bool(event.run_id)))


def main(t):
    def heard(label, app, given, config):
        handler = Handler()
        app.invoke(given, {**config, "callbacks": [handler]})
        t.record(label, handler.heard)

    one = StateGraph(State).add_node("ask", ask).add_edge(START, "ask")
    app = one.compile(checkpointer=t.saver())
    config = t.thread()
    heard("pause", app, {"x": 1}, config)
    t.snapshot("where", app.get_state(config))
    heard("resume", app, Command(resume="yes"), config)
    heard("nothing left", app, None, config)
    heard("fresh input", app, {"x": 2}, config)
    nested = StateGraph(State).add_node("outer", one.compile()).add_edge(START, "outer").compile(checkpointer=t.saver())
    config = t.thread()
    heard("sub-graph", nested, {"x": 1}, config)
    heard("sub-graph resumed", nested, Command(resume="yes"), config)
    two = StateGraph(State).add_node("a", ask).add_node("b", ask).add_edge(START, "a").add_edge(START, "b")
    heard("two, nothing kept", two.compile(), {"x": 1}, {})
    builder = StateGraph(State).add_node("a", lambda state: {}).add_node("b", lambda state: {})
    builder.add_edge(START, "a").add_edge("a", "b")
    for where in ("interrupt_before", "interrupt_after"):
        stopping = builder.compile(checkpointer=t.saver(), **{where: ["a"]})
        config = t.thread()
        heard(where, stopping, {"x": 1}, config)
        heard(f"{where}, on", stopping, None, config)
    handler = Handler()
    asyncio.run(app.ainvoke({"x": 1}, {**t.thread(), "callbacks": [handler]}))
    t.record("async", handler.heard)
    manager = get_sync_graph_callback_manager_for_config({"callbacks": [Handler()]})
    t.record("manager", len(manager.handlers))
