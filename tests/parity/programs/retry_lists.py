"""retry: Policy

Of several policies the first that matches the failure says how often and when; different failures follow different ones; a failure that
none matches is not tried again; `set_node_defaults(retry_policy=)` holds for nodes without a policy of their own, not in sub-graphs.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class Rare(Exception):
    pass


def policy(kind, attempts):
    return RetryPolicy(initial_interval=0.001, max_interval=0.002, jitter=False, max_attempts=attempts, retry_on=kind)


def main(t):
    calls = []

    def failing(*errors):
        left = list(errors)
        calls.clear()

        def node(state):
            calls.append(1)
            if left:
                raise left.pop(0)
            return {"log": [f"attempt {len(calls)}"]}

        return node

    def run(label, node, policies, default=None):
        builder = StateGraph(State)
        if default is not None:
            builder.set_node_defaults(retry_policy=default)
        app = builder.add_node("n", node, retry_policy=policies).add_edge(START, "n").compile()
        try:
            t.record(label, [app.invoke({"log": []}), len(calls)])
        except Exception as error:
            t.record(label, [type(error).__name__, len(calls)])

    two = [policy(ValueError, 2), policy(Rare, 4)]
    run("first policy", failing(ValueError()), two)
    run("first policy, exhausted", failing(ValueError(), ValueError()), two)
    run("second policy", failing(Rare(), Rare(), Rare()), two)
    run("attempts count together", failing(Rare(), Rare(), ValueError()), two)
    run("none matches", failing(KeyError()), two)
    run("the first that matches, not the best", failing(Rare(), Rare()), [policy(Exception, 2), policy(Rare, 5)])
    run("a tuple of policies", failing(Rare()), tuple(two))
    run("default policy", failing(Rare(), Rare()), None, policy(Rare, 3))
    run("own before default", failing(Rare(), Rare()), policy(Rare, 2), policy(Rare, 5))
    run("list as default", failing(ValueError(), Rare()), None, two)

    sub = StateGraph(State).add_node("inner", failing(Rare())).add_edge(START, "inner").compile()
    builder = StateGraph(State).set_node_defaults(retry_policy=policy(ValueError, 5)).add_node("sub", sub)
    try:
        t.record("sub-graph", builder.add_edge(START, "sub").compile().invoke({"log": []}))
    except Rare:
        t.record("sub-graph", ["not tried again", len(calls)])
