"""exec: Config keys
exec: Run methods

Keys that a config does not have, such as a bare `thread_id`, count as configurable values, and win over them.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    n: int


def main(t):
    heard = []

    def node(state, config):
        own = {key: value for key, value in config["configurable"].items() if key in ("thread_id", "user")}
        heard.append([own, config["metadata"].get("thread_id"), "user" in config, "thread_id" in config])
        return {"n": state["n"] + 1}

    builder = StateGraph(State).add_node("node", node)
    builder.add_edge(START, "node")
    app = builder.compile(checkpointer=t.saver())
    t.record("invoke", app.invoke({"n": 1}, {"thread_id": "a", "user": "u"}))
    t.snapshot("stored", app.get_state({"configurable": {"thread_id": "a"}}))
    t.record("stream", list(app.stream({"n": 2}, {"thread_id": "a", "user": None})))
    t.record("beside and inside", app.invoke({"n": 3}, {"thread_id": "b", "configurable": {"thread_id": "c"}}))
    t.record("bound", app.with_config({"thread_id": "d"}).invoke({"n": 4}))
    t.record("batch", app.batch([{"n": 5}, {"n": 6}], {"thread_id": "e"}, return_exceptions=True)[0])
    t.record("ainvoke", asyncio.run(app.ainvoke({"n": 7}, {"thread_id": "f"})))
    t.record("history", [found.values for found in app.get_state_history({"thread_id": "a"})])
    t.record("heard", [entry for entry in heard if entry[0].get("thread_id") != "e"])
    with t.raises("a limit that is no number", culprit=["recursion_limit", "'5'"]):
        app.invoke({"n": 1}, {"thread_id": "a", "recursion_limit": "5"})
