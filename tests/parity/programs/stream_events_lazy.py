"""stream: stream_events

Nothing runs before somebody reads, a superstep waits for the reader, and abort or leaving stops the run.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def graph(ran, saver=None):
    def node(name):
        def run(state):
            ran.append(name)
            return {"log": [name]}

        return run

    builder = StateGraph(State)
    previous = START
    for name in ("a", "b", "c"):
        builder.add_node(name, node(name))
        builder.add_edge(previous, name)
        previous = name
    return builder.compile(checkpointer=saver)


def main(t):
    ran = []
    app = graph(ran, t.saver())
    config = t.thread()
    run = app.stream_events({"log": []}, config, version="v3", durability="sync")
    t.record("not read", list(ran))
    items = iter(run.values)
    t.record("a reader that has not asked", list(ran))
    t.record("steps", [(next(items), list(ran)) for _ in range(2)])
    run.abort()
    run.abort()
    t.record("aborted", [list(items), run.output, run.interrupted, list(run), list(ran)])
    t.record("next", app.get_state(config).next)
    t.record("goes on", app.stream_events(None, config, version="v3").output)

    ran.clear()
    with app.stream_events({"log": []}, t.thread(), version="v3") as run:
        for value in run.values:
            t.record("left", value)
            break
    t.record("left: output", [run.output, list(ran)])
    run = app.stream_events({"log": []}, t.thread(), version="v3")
    for _ in run.values:
        break
    with t.raises("a second reader", culprit=["values"]):
        list(run.values)
    t.record("still readable", [run.output, [event["method"] for event in run]])
    run = app.stream_events({"log": []}, t.thread(), version="v3")
    events = iter(run)
    t.record("kept from when it began", [next(events)["seq"], run.output, [event["seq"] for event in events]])
    run = app.stream_events({"log": []}, t.thread(), version="v3")
    one, other = run.values.tee()
    t.record("two readers", [next(one), list(other), list(one)])
    with t.raises("no readers"):
        app.stream_events({"log": []}, t.thread(), version="v3").values.tee(0)
