"""stream: stream_events

When the hooks of transformers are called, for which scope, and what happens to what they raise.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.stream import StreamChannel, StreamTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def fail(state):
    raise ValueError("node")


def line(*steps):
    builder = StateGraph(State)
    previous = START
    for name, action in steps:
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile()


def write(name):
    return name, lambda state: {"log": [name]}


def spy(calls, **attributes):
    def init(self):
        calls.append(("init", self.scope))
        return {}

    def process(self, event):
        calls.append((event["method"], self.scope, event["params"]["namespace"], "seq" in event))
        return True

    hooks = {
        "init": init,
        "process": process,
        "finalize": lambda self: calls.append(("finalize", self.scope)),
        "fail": lambda self, error: calls.append(("fail", self.scope, type(error).__name__, str(error))),
        "required_stream_modes": ("tasks",),
    }
    return type("Spy", (StreamTransformer,), {**hooks, **attributes})


def raising(hook):
    def raises(self, *_):
        raise KeyError(hook)

    own = {"init": lambda self: {"items": StreamChannel()}, "process": lambda self, event: True, hook: raises}
    return type("Raising", (StreamTransformer,), own)


def main(t):
    good = line(write("a"), ("inner", line(write("i"))))
    bad = line(write("a"), ("inner", line(write("i"), ("j", fail))))
    for name, attributes in (("after", {}), ("before", {"before_builtins": True})):
        calls = []
        t.record(
            f"{name}: output",
            good.stream_events({"log": []}, version="v3", transformers=[spy(calls, **attributes)]).output,
        )
        t.record(f"{name}: calls", calls)
    calls = []
    with t.raises("failed"):
        _ = bad.stream_events({"log": []}, version="v3", transformers=[spy(calls)]).output
    t.record("failed: calls", calls)
    calls = []
    run = good.stream_events({"log": []}, version="v3", transformers=[spy(calls)])
    next(iter(run.values))
    run.abort()
    t.record("aborted: calls", calls)

    with t.raises("raised in init"):
        good.stream_events({"log": []}, version="v3", transformers=[raising("init")])
    for hook in ("process", "finalize"):
        calls = []
        run = line(write("a")).stream_events({"log": []}, version="v3", transformers=[raising(hook), spy(calls)])
        with t.raises(f"raised in {hook}"):
            list(run.values)
        with t.raises(f"raised in {hook}: output"):
            _ = run.output
        if hook == "process":
            t.record("raised in process: others", [call for call in calls if call[0] in ("finalize", "fail")])
