"""stream: tasks

The end of a task that fails carries the exception; one that is tried again is seen to start and to end once.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    x: int


def main(t):
    def fail(state):
        raise ValueError("broken")

    def collect(app, modes, config=None):
        chunks = []
        with t.raises(f"raised by {modes}"):
            for chunk in app.stream({"x": 0}, config, stream_mode=modes):
                chunks.append(chunk)
        return chunks

    failing = StateGraph(State).add_node("ok", lambda state: {"x": 1}).add_node("bad", fail)
    failing = failing.add_edge(START, "ok").add_edge("ok", "bad").compile(checkpointer=t.saver())
    config = t.thread()
    chunks = collect(failing, "tasks", config)
    t.record("failure", chunks)
    t.record("the exception", [type(chunk["error"]).__name__ for chunk in chunks if chunk.get("error") is not None])
    again = collect(failing, ["values", "updates", "tasks"], config)
    t.record("a new input", again)
    t.record("debug", [chunk["type"] for chunk in collect(failing, "debug", t.thread())])

    attempts = []

    def flaky(state):
        attempts.append(1)
        if len(attempts) < 3:
            raise ConnectionError("try again")
        return {"x": len(attempts)}

    policy = RetryPolicy(initial_interval=0.001, jitter=False)
    retried = StateGraph(State).add_node("flaky", flaky, retry_policy=policy).add_edge(START, "flaky").compile()
    t.record("retried", list(retried.stream({"x": 0}, stream_mode="tasks")))
