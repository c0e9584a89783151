"""A node that asks a person: run until it waits, then resume with the answer. One cycle is both calls, on a thread of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, TypedDict

from benchmarks import disk, measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload


class State(TypedDict):
    question: str
    answer: str


def asking(api: Api) -> Any:
    """A builder of a graph with one node, which interrupts with the question and keeps the answer."""

    async def ask(state: State) -> dict[str, str]:
        return {"answer": api.interrupt(state["question"])}

    builder = api.StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_edge(api.START, "ask")
    builder.add_edge("ask", api.END)
    return builder


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API: `interrupt()` and `Command(resume=)`, default durability, in memory and in an SQLite file."""
    api = Api(root)
    builder = asking(api)
    measures: Measures = {}

    async def cycles(saver: Any, key: str, count: int) -> None:
        graph = builder.compile(checkpointer=saver)
        times = measure.clock()
        repeats = sizes["repeats"]

        async def cycle(thread: str) -> None:
            config = {"configurable": {"thread_id": thread}}
            paused = await graph.ainvoke({"question": "publish?"}, config)
            measure.expect("interrupts", len(paused["__interrupt__"]), 1)
            state = await graph.ainvoke(api.Command(resume="yes"), config)
            measure.expect("answer", state["answer"], "yes")

        for repeat in range(-1, repeats):
            with (times if repeat >= 0 else measure.Clock()).lap(count):
                for index in range(count):
                    await cycle(f"thread-{repeat}-{index}")
        measures.update(times.microseconds(key))

    async def main(path: Path) -> None:
        await cycles(api.InMemorySaver(), "memory_us", sizes["cycles"])
        async with api.sqlite(path) as saver:
            await cycles(saver, "sqlite_us", sizes["durable_cycles"])

    with disk.scratch() as directory:
        measure.run(lambda: main(directory / "threads.db"))
    return measures


def burr_asking() -> Any:
    """Burr's graph of the same: an action that prepares, and one that takes the answer as an input."""
    GraphBuilder = peers.module("burr.core.graph").GraphBuilder

    @peers.burr_action(reads=["question"], writes=[])
    async def prepare(state: Any) -> Any:
        return state

    @peers.burr_action(reads=["question"], writes=["answer"])
    async def ask(state: Any, answer: str) -> Any:
        return state.update(answer=answer)

    return GraphBuilder().with_actions(prepare=prepare, ask=ask).with_transitions(("prepare", "ask")).build()


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: halt before the action, go on with `inputs`. In memory the application is held; with SQLite it is built again."""
    graph = burr_asking()
    measures: Measures = {}

    async def finish(app: Any) -> None:
        _, _, state = await app.arun(halt_after=["ask"], inputs={"answer": "yes"})
        measure.expect("answer", state["answer"], "yes")

    async def in_memory(thread: str) -> None:
        app = await peers.burr_app(graph, "prepare", question="publish?").with_identifiers(app_id=thread).abuild()
        await app.arun(halt_before=["ask"])
        await finish(app)

    async def cycles(key: str, count: int, cycle: Any) -> None:
        times = measure.clock()
        for repeat in range(-1, sizes["repeats"]):
            with (times if repeat >= 0 else measure.Clock()).lap(count):
                for index in range(count):
                    await cycle(f"thread-{repeat}-{index}")
        measures.update(times.microseconds(key))

    async def main(path: Path) -> None:
        await cycles("memory_us", sizes["cycles"], in_memory)
        async with peers.burr_sqlite(path) as persister:

            async def stored(thread: str) -> None:
                ApplicationBuilder = peers.module("burr.core").ApplicationBuilder

                builder = peers.burr_app(graph, "prepare", question="publish?").with_identifiers(app_id=thread)
                app = await builder.with_state_persister(persister).abuild()
                await app.arun(halt_before=["ask"])
                again = ApplicationBuilder().with_graph(graph).with_identifiers(app_id=thread)
                again = again.initialize_from(
                    persister, resume_at_next_action=True, default_state={}, default_entrypoint="prepare"
                )
                await finish(await again.with_state_persister(persister).abuild())

            await cycles("sqlite_us", sizes["durable_cycles"], stored)

    with disk.scratch() as directory:
        measure.run(lambda: main(directory / "threads.db"))
    return measures


def floor(_: str, sizes: Sizes) -> Measures:
    """A task that waits for a future, and the future's result: nothing is kept anywhere."""
    count = sizes["cycles"]
    times = measure.clock()

    async def ask(question: asyncio.Future[str]) -> str:
        return await question

    async def cycles() -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            question: asyncio.Future[str] = loop.create_future()
            held = asyncio.create_task(ask(question))
            await asyncio.sleep(0)
            question.set_result("yes")
            measure.expect("answer", await held, "yes")

    async def main() -> None:
        await measure.alap(times, count, sizes["repeats"], cycles)

    measure.run(main)
    return times.microseconds("memory_us")


WORKLOAD = Workload(
    name="interrupt",
    title="Interrupt and resume: one cycle, default durability",
    metrics=(
        Metric("memory_us", "one cycle, memory saver", "us", budget=Budget(ratio=12, limit=100)),
        Metric("sqlite_us", "one cycle, SQLite", "us", budget=Budget(ratio=4.5, limit=1200)),
    ),
    programs={"actograph": graph_api, "langgraph": graph_api, "burr": burr, "floor": floor},
    full={"cycles": 200, "durable_cycles": 60, "repeats": 3},
    quick={"cycles": 10, "durable_cycles": 5, "repeats": 1},
    rounds=3,
    cannot={"pydantic-graph": "cannot pause a graph"},
    notes=(
        "Burr stores nothing while it waits in memory; its application is held by the program, and stored after each action on SQLite.",
        "Floor: an asyncio task that waits for a future.",
    ),
)
