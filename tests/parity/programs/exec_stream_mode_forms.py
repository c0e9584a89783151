"""exec: Run parameters
stream: Several modes

What `stream_mode` may be, what it is by default, the deprecated `checkpoint_during`, and how many checkpoints it leaves.
"""

from __future__ import annotations

import operator
import warnings
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.pregel import Pregel


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("b", lambda state: {"x": 1})
    builder = builder.add_edge(START, "a").add_edge("a", "b")
    app = builder.compile(checkpointer=t.saver())
    t.record("defaults", [app.stream_mode, Pregel.stream_mode, Pregel.stream_eager])
    for label, mode in {
        "None": None,
        "string": "values",
        "list": ["values"],
        "tuple": ("values", "updates"),
        "empty tuple": (),
        "empty list": [],
    }.items():
        t.record(f"stream: {label}", list(app.stream({"x": 0}, t.thread(), stream_mode=mode)))
        t.record(f"with sub-graphs: {label}", list(app.stream({"x": 0}, t.thread(), stream_mode=mode, subgraphs=True)))
        if label != "tuple":
            t.record(f"invoke: {label}", app.invoke({"x": 0}, t.thread(), stream_mode=mode))
    t.record("no version of that name", list(app.stream({"x": 0}, t.thread(), version="v9")))
    for during in (True, False):
        config = t.thread()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            app.invoke({"x": 0}, config, checkpoint_during=during)
        t.record(
            f"during {during}: deprecated", {issubclass(warning.category, DeprecationWarning) for warning in caught}
        )
        t.record(f"during {during}: checkpoints", len(list(app.get_state_history(config))))
    with t.raises("both"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app.invoke({"x": 0}, t.thread(), checkpoint_during=True, durability="sync")
    eager = builder.compile()
    eager.stream_eager = True
    t.record("eager", list(eager.stream({"x": 0}, stream_mode=["values", "updates", "tasks"])))
