"""errors: Node error handler
travel: Fork
travel: update_state

Threads with a handled failure: going on from the checkpoint before runs the node and its handler again; updates as the node or the handler;
new input after a handler that failed; each durability.
"""

import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls, broken = [], [False]

    def bad(state):
        calls.append("node")
        raise ValueError("bad")

    def handler(state, error: NodeError):
        calls.append("handler")
        if broken[0]:
            raise KeyError("handler")
        return {"log": ["handled"]}

    def graph():
        calls.clear()
        builder = StateGraph(State).add_node("n", bad, error_handler=handler)
        builder.add_node("after", lambda state: {"log": ["after"]})
        return builder.add_edge(START, "n").add_edge("n", "after").compile(t.saver())

    app, thread = graph(), t.thread()
    app.invoke({"log": ["in"]}, thread)
    before = next(snapshot for snapshot in app.get_state_history(thread) if snapshot.next == ("n",))
    calls.clear()
    t.chunks("from the checkpoint before", app.stream(None, before.config, stream_mode=["updates", "values"]))
    t.record("both ran again", list(calls))
    t.history("history", app.get_state_history(thread))
    app.update_state(thread, {"log": ["as the handler"]}, as_node="__error_handler__n")
    t.snapshot("after the handler nothing follows", app.get_state(thread))
    app.update_state(thread, {"log": ["as the node"]}, as_node="n")
    t.snapshot("after the node its edge", app.get_state(thread))
    t.record("goes on", app.invoke(None, thread))

    fork = app.update_state(before.config, {"log": ["forked"]})
    t.record("fork", app.invoke(None, fork))

    for durability in ("sync", "async", "exit"):
        broken[0] = True
        app, thread = graph(), t.thread()
        with t.raises(f"{durability}: handler fails"):
            app.invoke({"log": ["in"]}, thread, durability=durability)
        snapshot = app.get_state(thread)
        t.record(f"{durability}: after it", [snapshot.next, snapshot.values, [task.error for task in snapshot.tasks]])
        calls.clear()
        with t.raises(f"{durability}: again"):
            app.invoke(None, thread, durability=durability)
        t.record(f"{durability}: calls", list(calls))
        with t.raises(f"{durability}: new input"):
            app.invoke({"log": ["new"]}, thread, durability=durability)
        t.record(f"{durability}: values", app.get_state(thread).values)
        broken[0] = False
        t.record(f"{durability}: goes on", app.invoke(None, thread, durability=durability))
