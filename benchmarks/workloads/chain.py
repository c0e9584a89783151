"""A chain of asynchronous nodes that do nothing: what one node costs when there is nothing but the runtime."""

from __future__ import annotations

import asyncio
from typing import Any, TypedDict

from benchmarks import measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload


class State(TypedDict):
    value: int


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API: `ainvoke` of a chain in memory, no checkpointer."""
    api, nodes, repeats = Api(root), sizes["nodes"], sizes["repeats"]
    ran = 0

    async def node(state: State) -> dict[str, int]:
        nonlocal ran
        ran += 1
        return {}

    graph = compile_chain(api, nodes, node)
    times = measure.clock()

    async def main() -> None:
        await measure.alap(times, nodes, repeats, lambda: graph.ainvoke({"value": 1}, {"recursion_limit": nodes + 5}))

    measure.run(main)
    measure.expect("nodes that ran", ran, nodes * (repeats + 2))
    return times.microseconds("node_us")


def compile_chain(api: Api, nodes: int, node: Any) -> Any:
    """A compiled graph of `nodes` nodes in a row, each calling `node`."""
    builder = api.StateGraph(State)
    for index in range(nodes):
        builder.add_node(f"n{index}", node)
    builder.add_edge(api.START, "n0")
    for index in range(1, nodes):
        builder.add_edge(f"n{index - 1}", f"n{index}")
    builder.add_edge(f"n{nodes - 1}", api.END)
    return builder.compile()


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: `arun` to the last action."""

    nodes, repeats = sizes["nodes"], sizes["repeats"]
    ran = 0

    @peers.burr_action(reads=[], writes=[])
    async def node(state: Any) -> Any:
        nonlocal ran
        ran += 1
        return state

    graph = peers.burr_chain(nodes, node)
    times = measure.clock()

    async def main() -> None:
        apps = [await peers.burr_app(graph, "n0", value=1).abuild() for _ in range(repeats + 2)]
        await measure.alap(times, nodes, repeats, lambda: apps.pop().arun(halt_after=[f"n{nodes - 1}"]))

    measure.run(main)
    measure.expect("actions that ran", ran, nodes * (repeats + 2))
    return times.microseconds("node_us")


def pydantic_graph(_: str, sizes: Sizes) -> Measures:
    """pydantic-graph: `run` of a graph made by its builder."""
    nodes, repeats = sizes["nodes"], sizes["repeats"]
    ran = 0

    async def step(ctx: Any) -> int:
        nonlocal ran
        ran += 1
        return int(ctx.inputs)

    graph = peers.pydantic_chain(nodes, step)
    times = measure.clock()

    async def main() -> None:
        await measure.alap(times, nodes, repeats, lambda: graph.run(inputs=1))

    measure.run(main)
    measure.expect("steps that ran", ran, nodes * (repeats + 2))
    return times.microseconds("node_us")


def floor(_: str, sizes: Sizes) -> Measures:
    """An `asyncio.Task` per node, awaited one after the other: no state, no graph."""
    nodes, repeats = sizes["nodes"], sizes["repeats"]

    async def node(state: dict[str, int]) -> dict[str, int]:
        return {}

    times = measure.clock()

    async def main() -> None:
        async def chain() -> None:
            for _ in range(nodes):
                await asyncio.create_task(node({"value": 1}))

        await measure.alap(times, nodes, repeats, chain)

    measure.run(main)
    return times.microseconds("node_us")


WORKLOAD = Workload(
    name="chain",
    title="A chain of {nodes} async no-op nodes, in memory",
    metrics=(Metric("node_us", "one node", "us", budget=Budget(ratio=18, minimum=8, limit=10)),),
    programs={
        "actograph": graph_api,
        "langgraph": graph_api,
        "burr": burr,
        "pydantic-graph": pydantic_graph,
        "floor": floor,
    },
    full={"nodes": 100, "repeats": 20},
    quick={"nodes": 20, "repeats": 3},
    notes=("Floor: one asyncio.Task per node. Burr's `Application` is one run; building it is not measured.",),
)
