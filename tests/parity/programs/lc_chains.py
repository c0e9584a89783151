"""exec: Run methods

Graphs in larger compositions: branches, routers, functions that return them, tools made of them, dicts; the picture and
the schemas of a chain with a graph in it.
"""

from __future__ import annotations

import warnings

from actograph.graph import START, StateGraph
from langchain_core.runnables import RouterRunnable, RunnableBranch, RunnableLambda, RunnableParallel, chain
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    x: int


def node(state):
    return {"x": state["x"] + 1}


def main(t):
    app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile(name="app")
    whole = RunnableLambda(lambda x: {"x": x}) | app | RunnableLambda(lambda state: state["x"])
    t.record("steps", [type(step).__name__ for step in whole.steps])
    t.record("picture", [drawn.name for drawn in whole.get_graph().nodes.values()])
    both = RunnableParallel(one=app, two=lambda state: state)
    t.record("parallel picture", sorted(drawn.name for drawn in both.get_graph().nodes.values()))
    t.record("input schema", (app | RunnableLambda(lambda state: state)).input_schema.model_json_schema())
    t.record("output schema", (RunnableLambda(lambda state: state) | app).output_schema.model_json_schema())
    t.record("branch", RunnableBranch((lambda state: state["x"] > 0, app), lambda state: "other").invoke({"x": 2}))
    t.record("router", RouterRunnable({"k": app}).invoke({"key": "k", "input": {"x": 1}}))

    @chain
    def returns(given):
        return app

    t.record("returned", returns.invoke({"x": 2}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        t.record("tool", app.as_tool(name="tool", description="what for").invoke({"x": 1}))
    t.record("into a dict", (app | {"y": lambda state: state["x"]}).invoke({"x": 1}))
    t.record("batch", whole.batch([1, -1], return_exceptions=True))
    t.record("bound", [app.bind(stop=1).kwargs, type(app.with_config(tags=["x"])).__name__, app.get_prompts()])
    t.record("name", [app.get_name(), app.get_name("Input"), app.get_name(name="Other", suffix="Input")])
