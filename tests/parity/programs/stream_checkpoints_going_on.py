"""stream: checkpoints

A run that goes on shows the checkpoint it goes on from, with what the tasks left there: results, errors, questions. So do
forks and updates; breakpoints and the recursion limit show what would run next.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def ask(state):
    return {"log": [interrupt("?")]}


def main(t):
    modes = ["values", "updates", "checkpoints"]
    app = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("ask", ask)
    app = app.add_node("ready", lambda state: {"log": ["ready"]}).add_edge(START, "a")
    app = app.add_edge("a", "ask").add_edge("a", "ready").compile(checkpointer=t.saver())
    config = {**t.thread(user="u"), "metadata": {"m": 1}}
    app.invoke({"x": 0}, config)
    t.record("paused again", list(app.stream(None, config, stream_mode="checkpoints")))
    t.record("resume", list(app.stream(Command(resume="r"), config, stream_mode=["values", "checkpoints"])))
    past = next(row for row in app.get_state_history(config) if row.next == ("a",))
    t.record("fork", list(app.stream(None, past.config, stream_mode="checkpoints")))
    updated = app.update_state(past.config, {"x": 7}, as_node="ask")
    t.record("updated", list(app.stream(None, updated, stream_mode="checkpoints")))
    t.record(
        "command",
        list(app.stream(Command(goto="ready", update={"x": 9}), config, stream_mode=["values", "checkpoints"])),
    )

    def fail(state):
        raise ValueError("broken")

    failing = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("bad", fail)
    failing = failing.add_edge(START, "a").add_edge("a", "bad").compile(checkpointer=t.saver())
    config = t.thread()
    for label in ("failed", "failed again"):
        chunks = []
        with t.raises(f"error: {label}"):
            for chunk in failing.stream({"x": 0} if label == "failed" else None, config, stream_mode=modes):
                chunks.append(chunk)
        t.record(label, chunks)

    chain = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("b", lambda state: {"log": ["b"]})
    chain = chain.add_edge(START, "a").add_edge("a", "b").compile(checkpointer=t.saver())
    config = t.thread()
    t.record("before", list(chain.stream({"x": 0}, config, stream_mode=modes, interrupt_before=["b"])))
    t.record("after before", list(chain.stream(None, config, stream_mode=modes)))
    t.record("after", list(chain.stream({"x": 0}, t.thread(), stream_mode=modes, interrupt_after=["a"])))
    for limit in (1, 2):
        chunks = []
        with t.raises(f"limit {limit}"):
            for chunk in chain.stream({"x": 0}, {**t.thread(), "recursion_limit": limit}, stream_mode=modes):
                chunks.append(chunk)
        t.record(f"chunks to the limit {limit}", chunks)
