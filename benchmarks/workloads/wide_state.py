"""A wide state: many keys, each a nested value of many entries, read by every node and written by some."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from benchmarks import measure
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload


def _value(entries: int, seed: int) -> dict[str, Any]:
    """A nested value: `entries` small dicts in lists of ten."""
    items = [{"id": seed * entries + index, "score": index / 7, "tags": ["a", "b"]} for index in range(entries)]
    return {f"group-{first}": items[first : first + 10] for first in range(0, entries, 10)}


def _graph(api: Api, sizes: Sizes, *, asynchronous: bool, saver: Any = None) -> Any:
    """`write` replaces a part of the keys and appends to others, `check` reads all of them, and an edge leads back."""
    keys, entries, rounds = sizes["keys"], sizes["entries"], sizes["rounds"]
    replaced = [f"dict_{index}" for index in range(keys - keys // 3)]
    appended = [f"list_{index}" for index in range(keys // 3)]
    fields: dict[str, Any] = {"round": int, **dict.fromkeys(replaced, dict[str, Any])}
    fields |= dict.fromkeys(appended, Annotated[list[Any], operator.add])
    values = [_value(entries, seed) for seed in range(rounds)]

    def write(state: Any) -> dict[str, Any]:
        done = state["round"]
        update: dict[str, Any] = dict.fromkeys(replaced[done % 3 :: 3], values[done])
        update |= {key: [{"round": done, "note": "kept"}] for key in appended}
        return {**update, "round": done + 1}

    def check(state: Any) -> dict[str, Any]:
        measure.expect("keys", len(state), keys + 1)
        return {}

    async def awrite(state: Any) -> dict[str, Any]:
        return write(state)

    async def acheck(state: Any) -> dict[str, Any]:
        return check(state)

    def route(state: Any) -> Any:
        return "write" if state["round"] < rounds else api.END

    # By call: the number of keys is a size, and annotations of this module are strings.
    schema = TypedDict("schema", fields)  # type: ignore[misc]
    builder = api.StateGraph(schema)
    builder.add_node("write", awrite if asynchronous else write)
    builder.add_node("check", acheck if asynchronous else check)
    builder.add_edge(api.START, "write")
    builder.add_edge("write", "check")
    builder.add_conditional_edges("check", route, ["write", api.END])
    return builder.compile(checkpointer=saver)


def _input(sizes: Sizes) -> dict[str, Any]:
    keys = sizes["keys"]
    wide: dict[str, Any] = {f"dict_{index}": _value(sizes["entries"], index) for index in range(keys - keys // 3)}
    return {"round": 0, **wide, **{f"list_{index}": [] for index in range(keys // 3)}}


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API, streamed to its end as values: async, sync, and async with a memory saver."""
    api, rounds, repeats = Api(root), sizes["rounds"], sizes["repeats"]
    given = _input(sizes)
    asynchronous, stored, synchronous = measure.clock(), measure.clock(), measure.clock()
    bare = _graph(api, sizes, asynchronous=True)
    threads = iter(range(1_000_000))

    async def drain(graph: Any) -> None:
        config = {"configurable": {"thread_id": f"thread-{next(threads)}"}}
        last: Any = None
        async for chunk in graph.astream(given, config, stream_mode="values"):
            last = chunk
        measure.expect("rounds", (last["round"], len(last["list_0"])), (rounds, rounds))

    async def main() -> None:
        kept = _graph(api, sizes, asynchronous=True, saver=api.InMemorySaver())
        await measure.alap(asynchronous, 1, repeats, lambda: drain(bare))
        await measure.alap(stored, 1, repeats, lambda: drain(kept))

    measure.run(main)
    graph = _graph(api, sizes, asynchronous=False)

    def once() -> None:
        *_, last = graph.stream(given, stream_mode="values")
        measure.expect("rounds", last["round"], rounds)

    measure.lap(synchronous, 1, repeats, once)
    figures = (
        asynchronous.microseconds("async_ms") | stored.microseconds("saver_ms") | synchronous.microseconds("sync_ms")
    )
    return {key: value / 1e3 for key, value in figures.items()}


WORKLOAD = Workload(
    name="wide_state",
    title="A wide state: {keys} keys with {entries} entries each, {rounds} rounds of two nodes, streamed as values",
    metrics=(
        Metric("async_ms", "one run, async", "ms", budget=Budget(ratio=10, minimum=5)),
        Metric("sync_ms", "one run, sync", "ms", budget=Budget(ratio=10, minimum=5)),
        Metric("saver_ms", "one run, async, memory saver", "ms", budget=Budget(ratio=10, minimum=5)),
    ),
    programs={"actograph": graph_api, "langgraph": graph_api},
    full={"keys": 15, "entries": 600, "rounds": 6, "repeats": 10},
    quick={"keys": 6, "entries": 20, "rounds": 3, "repeats": 1},
    rounds=3,
    cannot={
        "burr": "has no reducers, its state is one mapping",
        "pydantic-graph": "has no reducers, its state is one object",
    },
)
