"""retry: Policy

`retry_on` may be a class, a tuple or list of classes, or a function of the error; a list of policies uses the first one
that matches, each with its own number of attempts.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    attempt: int


class Base(Exception):
    pass


class Derived(Base):
    pass


def policy(retry_on, attempts=3):
    return RetryPolicy(initial_interval=0.0005, jitter=False, max_attempts=attempts, retry_on=retry_on)


def run(retry, errors, asynchronous=False):
    left, attempts = list(errors), []

    def node(state):
        attempts.append(1)
        if left:
            raise left.pop(0)
        return {"attempt": len(attempts)}

    async def anode(state):
        return node(state)

    builder = (
        StateGraph(State).add_node("node", anode if asynchronous else node, retry_policy=retry).add_edge(START, "node")
    )
    try:
        app = builder.compile()
        outcome = asyncio.run(app.ainvoke({})) if asynchronous else app.invoke({})
    except Exception as error:
        outcome = f"{type(error).__name__}"
    return [outcome, len(attempts)]


def main(t):
    t.record("class", run(policy(ValueError), [ValueError()]))
    t.record("subclass", run(policy(Base), [Derived(), Base()]))
    t.record("another class", run(policy(KeyError), [ValueError()]))
    t.record("tuple", run(policy((KeyError, ValueError)), [ValueError(), KeyError()]))
    t.record("list", run(policy([KeyError, ValueError]), [ValueError(), KeyError()]))
    t.record("empty tuple", run(policy(()), [ValueError()]))
    t.record("function, yes", run(policy(lambda error: "again" in str(error)), [ValueError("again")]))
    t.record("function, no", run(policy(lambda error: "again" in str(error)), [ValueError("never")]))
    t.record("several policies", run([policy(KeyError), policy(ValueError)], [ValueError(), KeyError()]))
    t.record("first match counts", run([policy(Base, 2), policy(Exception, 5)], [Base(), Base(), Base()]))
    t.record(
        "another policy's attempts", run([policy(Base, 2), policy(KeyError, 4)], [KeyError(), KeyError(), KeyError()])
    )
    t.record("async", run(policy(Base), [Derived()], asynchronous=True))
    t.record("async, several", run([policy(KeyError), policy(ValueError)], [ValueError()], asynchronous=True))
