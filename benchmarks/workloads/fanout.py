"""A fan-out: one superstep of many tasks, each made by a `Send`, joined by a reducer."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator
from typing import Annotated, Any, TypedDict

from benchmarks import measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload


class State(TypedDict):
    total: Annotated[int, operator.add]


class Item(TypedDict):
    item: int


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API: a conditional edge that returns the `Send`s; an integer channel with `operator.add`."""
    api, tasks, repeats = Api(root), sizes["tasks"], sizes["repeats"]

    async def split(state: State) -> dict[str, int]:
        return {}

    def sends(state: State) -> list[Any]:
        return [api.Send("work", {"item": index}) for index in range(tasks)]

    async def work(state: Item) -> dict[str, int]:
        return {"total": 1}

    builder = api.StateGraph(State)
    builder.add_node("split", split)
    builder.add_node("work", work)
    builder.add_edge(api.START, "split")
    builder.add_conditional_edges("split", sends, ["work"])
    builder.add_edge("work", api.END)
    graph = builder.compile()
    times = measure.clock()

    async def once() -> None:
        measure.expect("sum of the tasks", (await graph.ainvoke({"total": 0}))["total"], tasks)

    async def main() -> None:
        await measure.alap(times, tasks, repeats, once)

    measure.run(main)
    return times.microseconds("task_us")


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: a `MapStates` action, one sub-application per state, reduced as they come."""
    GraphBuilder = peers.module("burr.core.graph").GraphBuilder
    MapStates = peers.module("burr.core.parallelism").MapStates

    tasks, repeats = sizes["tasks"], sizes["repeats"]

    @peers.burr_action(reads=["item"], writes=["done"])
    async def work(state: Any) -> Any:
        return state.update(done=1)

    class Split(MapStates):  # type: ignore[misc, valid-type]  # Burr is loaded untyped
        def action(self, state: Any, inputs: Any) -> Any:
            return work

        async def states(self, state: Any, context: Any, inputs: Any) -> AsyncIterator[Any]:
            for index in range(tasks):
                yield state.update(item=index)

        async def reduce(self, state: Any, states: Any) -> Any:
            total = 0
            async for result in states:
                total += result["done"]
            return state.update(total=total)

        def is_async(self) -> bool:
            return True

        @property
        def reads(self) -> list[str]:
            return ["total"]

        @property
        def writes(self) -> list[str]:
            return ["total"]

    graph = GraphBuilder().with_actions(split=Split()).build()
    times = measure.clock()

    async def main() -> None:
        apps = [await peers.burr_app(graph, "split", total=0).abuild() for _ in range(repeats + 2)]

        async def once() -> None:
            _, _, state = await apps.pop().arun(halt_after=["split"])
            measure.expect("sum of the tasks", state["total"], tasks)

        await measure.alap(times, tasks, repeats, once)

    measure.run(main)
    return times.microseconds("task_us")


def pydantic_graph(_: str, sizes: Sizes) -> Measures:
    """pydantic-graph: a mapping edge and a summing join."""
    GraphBuilder, reduce_sum = peers.names("pydantic_graph", "GraphBuilder", "reduce_sum")

    tasks, repeats = sizes["tasks"], sizes["repeats"]
    builder: Any = GraphBuilder(input_type=int, output_type=int, auto_instrument=False)

    async def split(ctx: Any) -> list[int]:
        return list(range(ctx.inputs))

    async def work(ctx: Any) -> int:
        return 1

    split_step = builder.step(split, node_id="split")
    work_step = builder.step(work, node_id="work")
    join = builder.join(reduce_sum, initial=0, node_id="join")
    builder.add_edge(builder.start_node, split_step)
    builder.add_mapping_edge(split_step, work_step)
    builder.add_edge(work_step, join)
    builder.add_edge(join, builder.end_node)
    graph = builder.build()
    times = measure.clock()

    async def once() -> None:
        measure.expect("sum of the tasks", await graph.run(inputs=tasks), tasks)

    async def main() -> None:
        await measure.alap(times, tasks, repeats, once)

    measure.run(main)
    return times.microseconds("task_us")


def floor(_: str, sizes: Sizes) -> Measures:
    """`asyncio.gather` of one task per item."""
    tasks, repeats = sizes["tasks"], sizes["repeats"]

    async def work(item: int) -> int:
        return 1

    times = measure.clock()

    async def once() -> None:
        measure.expect("sum of the tasks", sum(await asyncio.gather(*(work(index) for index in range(tasks)))), tasks)

    async def main() -> None:
        await measure.alap(times, tasks, repeats, once)

    measure.run(main)
    return times.microseconds("task_us")


WORKLOAD = Workload(
    name="fanout",
    title="A fan-out to {tasks} async tasks with `Send`, in memory",
    metrics=(Metric("task_us", "one task", "us", budget=Budget(ratio=30, minimum=10, limit=10)),),
    programs={
        "actograph": graph_api,
        "langgraph": graph_api,
        "burr": burr,
        "pydantic-graph": pydantic_graph,
        "floor": floor,
    },
    full={"tasks": 1000, "repeats": 5},
    quick={"tasks": 50, "repeats": 2},
    notes=("Floor: asyncio.gather of one task per item.",),
)
