"""A loop: one asynchronous node that leads to itself, so that every step is a superstep of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from benchmarks import measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload


class State(TypedDict):
    count: int


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API, twice: the node says where to go with `Command(goto=)`, or a conditional edge does."""
    api, steps, repeats = Api(root), sizes["steps"], sizes["repeats"]
    config = {"recursion_limit": steps + 5}

    async def command(state: State) -> Any:
        count = state["count"] + 1
        return api.Command(update={"count": count}, goto="step" if count < steps else api.END)

    async def step(state: State) -> dict[str, int]:
        return {"count": state["count"] + 1}

    async def route(state: State) -> Any:
        return "step" if state["count"] < steps else api.END

    by_command = api.StateGraph(State)
    by_command.add_node("step", command, destinations=("step", api.END))
    by_command.add_edge(api.START, "step")
    by_edge = api.StateGraph(State)
    by_edge.add_node("step", step)
    by_edge.add_edge(api.START, "step")
    by_edge.add_conditional_edges("step", route, ["step", api.END])

    measures: Measures = {}
    for key, builder in (("step_us", by_command), ("edge_us", by_edge)):
        graph = builder.compile()
        times = measure.clock()

        async def once(graph: Any = graph) -> None:
            measure.expect("steps", (await graph.ainvoke({"count": 0}, config))["count"], steps)

        async def main(times: measure.Clock = times, once: Any = once) -> None:
            await measure.alap(times, steps, repeats, once)

        measure.run(main)
        measures |= times.microseconds(key)
    return measures


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: a transition with a condition (its conditions are the only way to branch)."""
    steps, repeats = sizes["steps"], sizes["repeats"]
    graph = peers.burr_counting_loop(steps)
    times = measure.clock()

    async def main() -> None:
        apps = [await peers.burr_app(graph, "step", count=0).abuild() for _ in range(repeats + 2)]

        async def once() -> None:
            _, _, state = await apps.pop().arun(halt_after=["end"])
            measure.expect("steps", state["count"], steps)

        await measure.alap(times, steps, repeats, once)

    measure.run(main)
    return times.microseconds("edge_us")


@dataclass
class _Count:
    count: int = 0


def pydantic_graph(_: str, sizes: Sizes) -> Measures:
    """pydantic-graph: a decision that leads back to the step."""
    GraphBuilder = peers.module("pydantic_graph").GraphBuilder

    steps, repeats = sizes["steps"], sizes["repeats"]
    builder: Any = GraphBuilder(state_type=_Count, output_type=int, auto_instrument=False)

    async def step(ctx: Any) -> int:
        ctx.state.count += 1
        return int(ctx.state.count)

    step_node = builder.step(step, node_id="step")
    choice = (
        builder.decision(node_id="choice")
        .branch(builder.match(int, matches=lambda count: count < steps).to(step_node))
        .branch(builder.match(int).to(builder.end_node))
    )
    builder.add_edge(builder.start_node, step_node)
    builder.add_edge(step_node, choice)
    graph = builder.build()
    times = measure.clock()

    async def once() -> None:
        measure.expect("steps", await graph.run(state=_Count()), steps)

    async def main() -> None:
        await measure.alap(times, steps, repeats, once)

    measure.run(main)
    return times.microseconds("edge_us")


def floor(_: str, sizes: Sizes) -> Measures:
    """`await` of the node in a `while` loop."""
    steps, repeats = sizes["steps"], sizes["repeats"]

    async def step(state: State) -> State:
        return {"count": state["count"] + 1}

    times = measure.clock()

    async def once() -> None:
        state: State = {"count": 0}
        while state["count"] < steps:
            state = await step(state)

    async def main() -> None:
        await measure.alap(times, steps, repeats, once)

    measure.run(main)
    figures = times.microseconds("step_us")
    return figures | {key.replace("step_us", "edge_us"): value for key, value in figures.items()}


WORKLOAD = Workload(
    name="loop",
    title="A loop of one async node, {steps} times, in memory",
    metrics=(
        Metric("edge_us", "one step, async conditional edge", "us", budget=Budget(ratio=25, minimum=8, limit=10)),
        Metric("step_us", "one step, `Command(goto=)`", "us", budget=Budget(ratio=25, minimum=8, limit=10)),
    ),
    programs={
        "actograph": graph_api,
        "langgraph": graph_api,
        "burr": burr,
        "pydantic-graph": pydantic_graph,
        "floor": floor,
    },
    full={"steps": 1000, "repeats": 4},
    quick={"steps": 50, "repeats": 2},
    notes=("Floor: a plain `await`. Burr and pydantic-graph branch on edges only: no figure for `Command`.",),
)
