"""The chain and the loop with synchronous nodes, driven by `invoke` from a plain thread."""

from __future__ import annotations

from typing import Any, TypedDict

from benchmarks import measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload
from benchmarks.workloads.chain import compile_chain


class State(TypedDict):
    count: int


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API."""
    api, nodes, steps, repeats = Api(root), sizes["nodes"], sizes["steps"], sizes["repeats"]
    ran = 0

    def node(state: State) -> dict[str, int]:
        nonlocal ran
        ran += 1
        return {}

    def step(state: State) -> Any:
        count = state["count"] + 1
        return api.Command(update={"count": count}, goto="step" if count < steps else api.END)

    chain = compile_chain(api, nodes, node)
    builder = api.StateGraph(State)
    builder.add_node("step", step, destinations=("step", api.END))
    builder.add_edge(api.START, "step")
    loop = builder.compile()
    chained, looped = measure.clock(), measure.clock()
    measure.lap(chained, nodes, repeats * 4, lambda: chain.invoke({"value": 1}, {"recursion_limit": nodes + 5}))
    measure.expect("nodes that ran", ran, nodes * (repeats * 4 + 2))

    def once() -> None:
        measure.expect("steps", loop.invoke({"count": 0}, {"recursion_limit": steps + 5})["count"], steps)

    measure.lap(looped, steps, repeats, once)
    return chained.microseconds("node_us") | looped.microseconds("step_us")


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: `run` of synchronous actions."""
    Condition, default = peers.names("burr.core", "Condition", "default")
    GraphBuilder = peers.module("burr.core.graph").GraphBuilder

    nodes, steps, repeats = sizes["nodes"], sizes["steps"], sizes["repeats"]

    @peers.burr_action(reads=[], writes=[])
    def node(state: Any) -> Any:
        return state

    @peers.burr_action(reads=["count"], writes=["count"])
    def step(state: Any) -> Any:
        return state.update(count=state["count"] + 1)

    again = Condition(["count"], lambda state: state["count"] < steps, name="again")
    chain = peers.burr_chain(nodes, node)
    loop = (
        GraphBuilder()
        .with_actions(step=step, end=node)
        .with_transitions(("step", "step", again), ("step", "end", default))
        .build()
    )
    chained, looped = measure.clock(), measure.clock()
    chains = [peers.burr_app(chain, "n0", value=1).build() for _ in range(repeats * 4 + 2)]
    measure.lap(chained, nodes, repeats * 4, lambda: chains.pop().run(halt_after=[f"n{nodes - 1}"]))
    loops = [peers.burr_app(loop, "step", count=0).build() for _ in range(repeats + 2)]

    def once() -> None:
        measure.expect("steps", loops.pop().run(halt_after=["end"])[2]["count"], steps)

    measure.lap(looped, steps, repeats, once)
    return chained.microseconds("node_us") | looped.microseconds("step_us")


WORKLOAD = Workload(
    name="sync",
    title="Synchronous nodes under `invoke`: a chain of {nodes}, and a loop of {steps} steps, in memory",
    metrics=(
        Metric("node_us", "one node of the chain", "us", budget=Budget(ratio=10, minimum=5)),
        Metric("step_us", "one step of the loop", "us", budget=Budget(ratio=10, minimum=5)),
    ),
    programs={"actograph": graph_api, "langgraph": graph_api, "burr": burr},
    full={"nodes": 100, "steps": 1000, "repeats": 4},
    quick={"nodes": 20, "steps": 50, "repeats": 2},
    cannot={"pydantic-graph": "has asynchronous steps only"},
    notes=("Called from a plain thread with no event loop.",),
)
