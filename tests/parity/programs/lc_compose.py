"""exec: Run methods

A compiled graph is a runnable: in chains before and after others, bound, with retries, fallbacks, listeners, mapped,
picked from, assigned to, in a dict of runnables; and its stream is the chain's.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough
from tests.parity.listener import Listener


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def node(state):
    return {"x": state["x"] + 1, "log": ["n"]}


def main(t):
    app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile(name="app")
    t.record(
        "is a runnable",
        [isinstance(app, Runnable), issubclass(type(app), Runnable), app.get_name(), app.get_name("Input")],
    )
    before, after = RunnableLambda(lambda x: {"x": x}), RunnableLambda(lambda state: state["x"])
    chain = before | app | after
    t.record("chain", [type(chain).__name__, chain.invoke(3), asyncio.run(chain.ainvoke(3)), chain.batch([1, 2])])
    listener = Listener()
    chain.invoke(3, {"callbacks": [listener], "tags": ["T"]})
    t.record("chain heard", listener.heard)
    t.record(
        "functions", [(app | (lambda state: state["log"])).invoke({"x": 1}), ((lambda x: {"x": x}) | app).invoke(1)]
    )
    t.record(
        "dict", ({"state": app, "given": RunnablePassthrough()} | RunnableLambda(lambda both: both)).invoke({"x": 1})
    )
    t.chunks("chain streams", (before | app).stream(3))
    t.record("pipe", app.pipe(after, lambda x: x * 10, name="piped").invoke({"x": 1}))
    t.record("pipe's name", app.pipe(after, name="piped").get_name())
    t.record("bind", [app.bind(stream_mode="updates").invoke({"x": 1}), app.bind(output_keys="x").invoke({"x": 1})])
    t.record("bound config", app.with_config(tags=["a"]).pipe(after).with_config(run_name="r").invoke({"x": 1}))
    t.record("map", app.map().invoke([{"x": 1}, {"x": 2}]))
    t.record("pick", [app.pick("x").invoke({"x": 1}), app.pick(["x"]).invoke({"x": 1})])
    t.record("assign", app.assign(y=lambda state: state["x"]).invoke({"x": 1}))
    t.record("with types", app.with_types(input_type=dict).invoke({"x": 1}))
    started = []
    app.with_listeners(
        on_start=lambda run: started.append(run.name), on_end=lambda run: started.append(run.outputs)
    ).invoke({"x": 1})
    t.record("listeners", started)

    broken = StateGraph(State).add_node("n", lambda state: 1 / 0).add_edge(START, "n").compile()
    t.record("fallback", broken.with_fallbacks([app]).invoke({"x": 1}))
    t.record("transform", list(app.transform(iter([{"x": 1}]))))
    with t.raises("not a runnable"):
        app | 5
