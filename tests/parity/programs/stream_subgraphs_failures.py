"""stream: Subgraphs
stream: tasks

What is seen of a sub-graph that fails, comes to its recursion limit, stops at a breakpoint, or sends its caller somewhere else.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, RetryPolicy


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


MODES = ["values", "updates", "tasks"]


def main(t):
    def read(label, app, given, config=None, modes=MODES, **options):
        chunks = []
        try:
            for chunk in app.stream(given, config, stream_mode=modes, subgraphs=True, **options):
                chunks.append(chunk)
        except Exception as error:
            t.record(f"{label}: raised", error)
        t.record(label, chunks)

    def outer(inner, **options):
        builder = (
            StateGraph(State).add_node("sub", inner, **options).add_node("other", lambda state: {"log": ["other"]})
        )
        return builder.add_edge(START, "sub")

    def fail(state):
        raise ValueError("broken")

    failing = StateGraph(State).add_node("ok", lambda state: {"log": ["ok"]}).add_node("bad", fail)
    failing = failing.add_edge(START, "ok").add_edge("ok", "bad").compile()
    app = outer(failing).compile(checkpointer=t.saver())
    config = t.thread()
    read("failure", app, {"x": 0}, config)
    read("failure again", app, None, config)

    attempts = []

    def flaky(state):
        attempts.append(1)
        if len(attempts) < 2:
            raise ConnectionError("try again")
        return {"log": ["flaky"]}

    tried = StateGraph(State).add_node("flaky", flaky).add_edge(START, "flaky").compile()
    policy = RetryPolicy(initial_interval=0.001, jitter=False)
    read("retried as a whole", outer(tried, retry_policy=policy).compile(), {"x": 0})

    chain = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("b", lambda state: {"log": ["b"]})
    chain = chain.add_edge(START, "a").add_edge("a", "b")
    read("limit", outer(chain.compile()).compile(), {"x": 0}, {"recursion_limit": 1})
    stopping = outer(chain.compile(interrupt_before=["b"])).compile(checkpointer=t.saver())
    config = t.thread()
    read("breakpoint", stopping, {"x": 0}, config)
    read("breakpoint passed", stopping, None, config)

    leave = StateGraph(State).add_node(
        "leave", lambda state: Command(graph=Command.PARENT, goto="other", update={"x": 5})
    )
    read("to the parent", outer(leave.add_edge(START, "leave").compile()).compile(), {"x": 0})
