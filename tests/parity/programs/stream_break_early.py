"""stream: values; exec: Run methods

A reader may leave at any chunk: what was checkpointed stays, and the next run of the thread starts anew with an input.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State).add_sequence(
        [(name, lambda state, name=name: {"log": [name]}) for name in ("a", "b", "c")]
    )
    app, thread = builder.add_edge(START, "a").compile(checkpointer=t.saver()), t.thread()
    for count, chunk in enumerate(app.stream({"log": ["in"]}, thread, stream_mode="values", durability="sync")):
        if count == 1:
            t.record("left at", chunk)
            break
    t.record("new input", app.invoke({"log": ["again"]}, thread))
    t.record("steps", [(snap.metadata["source"], snap.metadata["step"]) for snap in app.get_state_history(thread)][:5])
