"""errors: Node error handler
control: Command

A handler goes on with a `Command`: a node, a `Send`, END, a list; what an unknown goto does; edges added for the handler's node.
"""

import operator
from typing import Annotated, Any, TypedDict

from actograph.errors import NodeError
from actograph.graph import END, START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    x: Any
    log: Annotated[list[str], operator.add]


def main(t):
    def bad(state):
        raise ValueError("bad")

    def graph(result, *edges):
        def handler(state, error: NodeError):
            return result

        builder = StateGraph(State).add_node("n", bad, error_handler=handler)
        builder.add_node("after", lambda state: {"log": [f"after {state.get('x')}"]})
        builder.add_node("plan_b", lambda state: {"log": [f"plan b {state.get('x')}"]})
        builder.add_edge(START, "n").add_edge("n", "after")
        for edge in edges:
            builder.add_edge(*edge)
        return builder.compile()

    for label, result in (
        ("node", Command(update={"log": ["cmd"]}, goto="plan_b")),
        ("send", Command(goto=Send("plan_b", {"x": 9}))),
        ("several", Command(goto=["plan_b", Send("plan_b", {"x": 8}), "after"])),
        ("end", Command(update={"log": ["end"]}, goto=END)),
        ("list", [Command(goto="plan_b"), {"log": ["listed"]}]),
        ("nothing", None),
        ("unknown", Command(goto="nowhere")),
    ):
        t.chunks(label, graph(result).stream({"x": 1}, stream_mode=["updates", "values"]))
    with_edge = graph({"log": ["handled"]}, ("__error_handler__n", "plan_b"))
    t.chunks("an edge from the handler", with_edge.stream({"x": 1}, stream_mode=["updates", "values"]))
    with t.raises("no update", culprit=["__error_handler__n"]):
        graph("text").invoke({"x": 1})
