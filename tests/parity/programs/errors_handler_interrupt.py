"""errors: Node error handler
hitl: interrupt

A handler may ask: the run pauses, and the answer goes to the handler; the failed node is not run again. A sibling that asks while a node
fails pauses the run too.
"""

import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def bad(state):
        calls.append("node")
        raise ValueError("bad")

    def asks(state, error: NodeError):
        calls.append(f"handler of {error.node}")
        return {"log": [interrupt(f"what to do about {error.node}?")]}

    def graph(handler, *siblings):
        builder = StateGraph(State).add_node("n", bad, error_handler=handler).add_edge(START, "n")
        for name, node in siblings:
            builder.add_node(name, node).add_edge(START, name)
        return builder.compile(t.saver())

    app, thread = graph(asks), t.thread()
    t.chunks("asks", app.stream({"log": ["in"]}, thread, stream_mode=["updates", "values"]))
    snapshot = app.get_state(thread)
    t.record("paused", [snapshot.next, snapshot.values, [[task.name, task.error] for task in snapshot.tasks]])
    t.chunks("answered", app.stream(Command(resume="ignore it"), thread, stream_mode=["updates", "values"]))
    t.record("calls", list(calls))
    t.record("done", app.get_state(thread).next)

    app, thread = graph(asks), t.thread()
    found = app.invoke({"log": ["in"]}, thread)["__interrupt__"]
    t.record("answered by id", app.invoke(Command(resume={found[0].id: "by id"}), thread))

    calls.clear()
    app, thread = graph(asks, ("sibling", lambda state: {"log": [interrupt("sibling?")]})), t.thread()
    found = app.invoke({"log": ["in"]}, thread)["__interrupt__"]
    t.record("two questions", sorted(question.value for question in found))
    t.record("both answered", app.invoke(Command(resume={question.id: question.value for question in found}), thread))
    t.record("the node ran once", calls.count("node"))
