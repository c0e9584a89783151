"""errors: Node error handler
persist: Fault recovery

A handler that fails fails the run with its error; the thread then goes on with the handler alone, the node is not run again.
What LangGraph keeps of a sibling that ends while the run fails depends on its threads, as does what it keeps of the failure;
so the handler waits until both are stored.
"""

import operator
import time
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls, broken = [], [True]
    saver, given = t.saver(), []

    def bad(state):
        calls.append("node")
        raise ValueError("bad")

    def handler(state, error: NodeError):
        calls.append(f"handler of {error.node}: {'bad' in str(error.error)}")
        if broken[0]:
            while not {"log", "__error__"} <= {write[1] for write in saver.get_tuple(given[-1]).pending_writes}:
                time.sleep(0.001)
            raise KeyError("handler")
        return {"log": ["handled at last"]}

    builder = StateGraph(State).add_node("n", bad, error_handler=handler)
    builder.add_node("sibling", lambda state: {"log": ["sibling"]})
    app = builder.add_edge(START, "n").add_edge(START, "sibling").compile(saver)
    thread = t.thread()
    given.append(thread)
    with t.raises("handler's error"):
        app.invoke({"log": ["in"]}, thread)
    snapshot = app.get_state(thread)
    t.record("after it", [snapshot.next, [[task.name, task.error, task.interrupts] for task in snapshot.tasks]])
    t.record("calls", list(calls))
    with t.raises("again"):
        app.invoke(None, thread)
    t.record("calls of both runs", list(calls))
    broken[0] = False
    t.record("at last", app.invoke(None, thread))
    t.record("calls of all runs", list(calls))
    t.history("history", app.get_state_history(thread))
    t.record("nothing is left to do", app.get_state(thread).next)

    other = t.thread()
    given.append(other)
    broken[0] = True
    with t.raises("another thread"):
        app.invoke({"log": ["in"]}, other)
    app.update_state(other, {"log": ["by hand"]}, as_node="n")
    t.snapshot("updated as the node", app.get_state(other))
    calls.clear()
    t.record("new input", [_outcome(app, {"log": ["new"]}, other), calls])


def _outcome(app, given, thread):
    try:
        return app.invoke(given, thread)
    except KeyError as error:
        return repr(error)
