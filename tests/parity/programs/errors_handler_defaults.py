"""errors: Node error handler
build: Node options

`set_node_defaults(error_handler=)`: one node `__default_error_handler__` for all nodes without a handler of their own; retry policy of the
defaults holds for handlers too; names that are taken are refused.
"""

import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    def bad(state):
        raise ValueError("bad")

    def default(state, error: NodeError):
        return {"log": [f"default for {error.node}"]}

    def own(state, error: NodeError):
        return {"log": [f"own for {error.node}"]}

    def builder(**defaults):
        made = StateGraph(State).set_node_defaults(**defaults)
        made.add_node("a", bad).add_node("b", bad, error_handler=own).add_node("c", bad)
        for name in "abc":
            made.add_edge(START, name)
        return made

    app = builder(error_handler=default).compile()
    nodes = [{"__default_error_handler__", "__error_handler__b"}]
    t.chunks("who handles whom", app.stream({"log": ["in"]}), parallel=nodes)
    t.record("together", app.invoke({"log": ["in"]}))

    calls = []

    def flaky(state, error: NodeError):
        calls.append(error.node)
        if len(calls) < 3:
            raise ConnectionError("again")
        return {"log": [f"attempt {len(calls)}"]}

    policy = RetryPolicy(initial_interval=0.001, jitter=False)
    made = StateGraph(State).set_node_defaults(retry_policy=policy).add_node("n", bad, error_handler=flaky)
    t.record("a handler tried again", [made.add_edge(START, "n").compile().invoke({"log": []}), calls])

    def fails(state):
        raise KeyError("handler")

    made = StateGraph(State).set_node_defaults(error_handler=fails).add_node("n", bad).add_edge(START, "n")
    with t.raises("a default handler that fails is not its own handler"):
        made.compile().invoke({"log": []})
    with t.raises("name taken", culprit=["__error_handler__n"]):
        StateGraph(State).add_node("__error_handler__n", bad).add_node("n", bad, error_handler=own)
    with t.raises("name taken later", culprit=["__error_handler__n"]):
        StateGraph(State).add_node("n", bad, error_handler=own).add_node("__error_handler__n", bad)
    with t.raises("name of the default taken", culprit=["__default_error_handler__"]):
        made = StateGraph(State).set_node_defaults(error_handler=own).add_node("__default_error_handler__", bad)
        made.add_edge(START, "__default_error_handler__").compile()
    with t.raises("no callable"):
        StateGraph(State).add_node("n", bad, error_handler=5)
