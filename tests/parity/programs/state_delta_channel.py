"""state: Channels

`Annotated[T, DeltaChannel(reducer)]`: the reducer gets all writes of a superstep in one call; starts at T's empty value; Overwrite replaces
and the superstep's other writes are dropped; two of them raise.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.channels import DeltaChannel
from actograph.graph import START, StateGraph
from actograph.types import Overwrite

CALLS = []


def collect(value, writes):
    CALLS.append((list(value), list(writes)))
    return [*value, *(item for write in writes for item in write)]


def merge(value, writes):
    return {**value, **{key: item for write in writes for key, item in write.items()}}


class State(TypedDict):
    log: Annotated[list[str], DeltaChannel(collect)]
    table: Annotated[dict[str, int], DeltaChannel(merge)]


def main(t):
    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"log": [f"a saw {len(state['log'])}"], "table": {"a": 1}})
    builder.add_node("b", lambda state: {"log": ["b"]})
    builder.add_node("c", lambda state: {"log": ["c"], "table": {"c": 3}})
    builder.add_node("d", lambda state: {"log": Overwrite([f"d saw {state['log'][-1]}"])})
    builder.add_edge(START, "a").add_edge("a", "b").add_edge("a", "c").add_edge(["b", "c"], "d")
    app = builder.compile()
    t.record("result", app.invoke({"log": ["in"]}))
    t.record("calls", list(CALLS))
    t.chunks("values", app.stream({"log": []}, stream_mode="values"))
    t.chunks("updates", app.stream({"table": {"x": 0}}, stream_mode="updates"), parallel=[("b", "c")])
    t.record("empty", app.invoke({"table": {}}))
    builder = StateGraph(State)
    builder.add_node("one", lambda state: {"log": Overwrite([1])})
    builder.add_node("two", lambda state: {"log": Overwrite([2])})
    clash = builder.add_edge(START, "one").add_edge(START, "two").compile()
    with t.raises("two overwrites", culprit=["log", "one", "two"]):
        clash.invoke({"log": []})
    for frequency in (0, -1):
        with t.raises(f"frequency {frequency}", culprit=["snapshot_frequency"]):
            DeltaChannel(collect, list, snapshot_frequency=frequency)
