"""The process that the crash test of sub-graphs kills: two branches side by side, one a sub-graph with another below it, one that calls a
sub-graph; each node leaves a side effect in a file.

Usage: subgraphs_worker.py DATABASE JOURNAL STEPS. It starts the run, or goes on with it, and prints the final state when it is through.
"""

from __future__ import annotations

import asyncio
import json
import operator
import os
import sys
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph


class Given(TypedDict, total=False):
    x: int


class Logged(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class State(Given, Logged, total=False):
    pass


def build(journal: str, steps: int) -> Any:
    # One write call to a file opened for appending is whole, whatever kills the process.
    effects = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def step(branch: str, number: int) -> tuple[str, Any]:
        async def node(state: State) -> dict[str, Any]:
            os.write(effects, f"{branch} {number}\n".encode())
            await asyncio.sleep(0)
            return {"log": [f"{branch}{number}"]}

        return f"{branch}{number}", node

    def chain(*nodes: tuple[str, Any]) -> Any:
        builder = StateGraph(State, input_schema=Given, output_schema=Logged).add_sequence(list(nodes))
        return builder.add_edge(START, nodes[0][0]).compile()

    below = chain(*(step("deep", number) for number in range(steps)))
    called = chain(*(step("called", number) for number in range(steps)))

    async def calls(state: State) -> dict[str, Any]:
        return {"log": (await called.ainvoke({"x": 1}))["log"]}

    builder = StateGraph(State).add_node("inner", chain(("below", below))).add_node("calls", calls)
    return builder.add_edge(START, "inner").add_edge(START, "calls")


async def main(database: str, journal: str, steps: int) -> None:
    async with AsyncSqliteSaver.from_conn_string(database) as saver:
        graph = build(journal, steps).compile(checkpointer=saver)
        config: dict[str, Any] = {"configurable": {"thread_id": "crash"}}
        state = await graph.aget_state(config)
        begun = state.created_at is not None
        if begun and not state.next:
            done = state.values
        else:
            done = await graph.ainvoke(None if begun else {"x": 0}, config, durability="sync")
        print(json.dumps(done, sort_keys=True), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
