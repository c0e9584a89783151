"""The chain again, with what a real graph has on its nodes: retry policy, stream writer, reducer, one stream mode."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from benchmarks import measure
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload
from benchmarks.workloads.chain import compile_chain

StreamWriter = Callable[[Any], None]


class State(TypedDict):
    value: int
    total: Annotated[int, operator.add]


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API. The bare chain and the loaded one take turns in this process; their ratio is the figure."""
    api, nodes, repeats = Api(root), sizes["nodes"], sizes["repeats"]
    config = {"recursion_limit": nodes + 5}

    async def nothing(state: State) -> dict[str, int]:
        return {}

    async def node(state: State, writer: StreamWriter) -> dict[str, int]:
        writer("progress")
        return {"total": 1}

    bare = compile_chain(api, nodes, nothing)
    builder = api.StateGraph(State)
    names = [f"n{index}" for index in range(nodes)]
    for name in names:
        builder.add_node(name, node, retry_policy=api.RetryPolicy())
    for source, target in zip([api.START, *names], [*names, api.END], strict=True):
        builder.add_edge(source, target)
    full = builder.compile()
    plain, loaded = measure.clock(), measure.clock()

    async def stream() -> None:
        chunks = 0
        async for chunk in full.astream({"value": 1, "total": 0}, config, stream_mode="updates"):
            chunks += len(chunk)
        measure.expect("chunks", chunks, nodes)

    async def main() -> None:
        for index in range(repeats + 2):
            first = plain if index >= 2 else measure.Clock()
            second = loaded if index >= 2 else measure.Clock()
            with first.lap(nodes):
                await bare.ainvoke({"value": 1}, config)
            with second.lap(nodes):
                await stream()

    measure.run(main)
    ratio = statistics.median(loaded.laps) / statistics.median(plain.laps)
    return {"ratio": ratio, **loaded.microseconds("node_us"), **plain.microseconds("bare_us")}


WORKLOAD = Workload(
    name="features",
    title="The chain with a retry policy, a writer, a reducer channel and `stream_mode='updates'`",
    metrics=(
        Metric("ratio", "against the bare chain", "x", budget=Budget(limit=1.5, exact=True), compared=False),
        Metric("node_us", "one node, everything on", "us"),
        Metric("bare_us", "one node of the bare chain", "us"),
    ),
    programs={"actograph": graph_api, "langgraph": graph_api},
    full={"nodes": 100, "repeats": 15},
    rounds=3,
    quick={"nodes": 20, "repeats": 3},
    cannot={"burr": "has no retry policy on actions", "pydantic-graph": "has no retry policy on steps"},
    notes=("The ratio is within one runtime; bare and loaded runs take turns in the same process.",),
)
