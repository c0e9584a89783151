"""The process that crash tests kill: a durable run of 200 supersteps with parallel nodes that leave side effects in a file.

Usage: worker.py DATABASE JOURNAL DURABILITY ROUNDS. It starts the run, or goes on with it, and prints the final state when it is through.
"""

from __future__ import annotations

import asyncio
import json
import operator
import os
import sys
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    round: int
    log: Annotated[list[str], operator.add]
    total: Annotated[int, operator.add]


def build(journal: str, rounds: int) -> Any:
    # One write call to a file opened for appending is whole, whatever kills the process.
    effects = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(superstep: int, node: str) -> None:
        os.write(effects, f"{superstep} {node}\n".encode())

    def worker(name: str, weight: int) -> Any:
        async def node(state: State) -> dict[str, Any]:
            note(2 * state["round"], name)
            await asyncio.sleep(0)
            return {"log": [f"{name}{state['round']}"], "total": weight * state["round"]}

        return node

    async def join(state: State) -> dict[str, Any]:
        note(2 * state["round"] + 1, "join")
        return {"round": state["round"] + 1}

    async def again(state: State) -> list[str]:
        return ["left", "right", "third"] if state["round"] < rounds else [END]

    return (
        StateGraph(State)
        .add_node("left", worker("left", 1))
        .add_node("right", worker("right", 10))
        .add_node("third", worker("third", 100))
        .add_node("join", join)
        .add_edge(START, "left")
        .add_edge(START, "right")
        .add_edge(START, "third")
        .add_edge(["left", "right", "third"], "join")
        .add_conditional_edges("join", again, ["left", "right", "third", END])
    )


async def main(database: str, journal: str, durability: Any, rounds: int) -> None:
    async with AsyncSqliteSaver.from_conn_string(database) as saver:
        graph = build(journal, rounds).compile(checkpointer=saver)
        config: dict[str, Any] = {"configurable": {"thread_id": "crash"}}
        state = await graph.aget_state(config)
        # An empty thread starts; one that a crash cut off goes on; one that was through only tells its state.
        begun = state.created_at is not None
        if begun and not state.next:
            done = state.values
        else:
            done = await graph.ainvoke(None if begun else {"round": 0}, config, durability=durability)
        print(json.dumps(done, sort_keys=True), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
