"""subgraph: As node; retry: Policy

A retry policy on the node of a sub-graph: the sub-graph goes on where it failed; a policy inside retries just that node.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def main(t):
    ran = []

    def flaky(times):
        left = [times]

        def node(state):
            ran.append("flaky")
            if left[0]:
                left[0] -= 1
                raise ConnectionError("again")
            return {"log": ["done"]}

        return node

    def notes(state):
        ran.append("notes")
        return {"log": ["noted"]}

    policy = RetryPolicy(initial_interval=0.001, jitter=False, max_attempts=3)
    for name, inside, outside in [("outside", None, policy), ("inside", policy, None), ("both", policy, policy)]:
        for saved in (True, False):
            builder = StateGraph(State).add_node("notes", notes).add_node("flaky", flaky(2), retry_policy=inside)
            inner = builder.add_edge(START, "notes").add_edge("notes", "flaky").compile()

            def calls(state, inner=inner):
                ran.append("calls")
                return {"log": inner.invoke({"log": []})["log"]}

            builder = StateGraph(State).add_node("sub", calls, retry_policy=outside).add_edge(START, "sub")
            app = builder.compile(checkpointer=t.saver() if saved else None)
            config = t.thread()
            t.record(f"{name} {saved}", [app.invoke({"x": 1}, config), list(ran)])
            if saved:
                t.history(f"{name}: history", app.get_state_history(config))
            ran.clear()
