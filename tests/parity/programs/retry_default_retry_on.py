"""retry: Default retry_on [obs]

By default a node is retried for anything but common programming errors, RuntimeError and OSError; ConnectionError is
retried.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    attempt: int


class OwnError(Exception):
    pass


class OwnValueError(ValueError):
    pass


class OwnConnectionError(ConnectionError):
    pass


ERRORS = [
    OwnError(), Exception(), ConnectionError(), ConnectionResetError(), OwnConnectionError(), AssertionError(), EOFError(),
    AttributeError(), MemoryError(), BufferError(), ExceptionGroup("g", [ValueError()]),
    ValueError(), OwnValueError(), UnicodeError(), TypeError(), KeyError(), IndexError(), LookupError(), NameError(),
    ArithmeticError(), ZeroDivisionError(), RuntimeError(), NotImplementedError(), RecursionError(), ReferenceError(),
    ImportError(), ModuleNotFoundError(), SyntaxError(), StopAsyncIteration(), OSError(), FileNotFoundError(), TimeoutError(),
    PermissionError(), BlockingIOError(),
]  # fmt: skip


def main(t):
    for error in ERRORS:
        attempts = []

        def node(state, error=error, attempts=attempts):
            attempts.append(1)
            if len(attempts) == 1:
                raise error
            return {"attempt": len(attempts)}

        retry = RetryPolicy(initial_interval=0.0005, jitter=False)
        app = StateGraph(State).add_node("node", node, retry_policy=retry).add_edge(START, "node").compile()
        try:
            outcome = app.invoke({})
        except Exception as raised:
            outcome = type(raised).__name__
        t.record(type(error).__name__, [outcome, len(attempts)])
