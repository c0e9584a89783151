"""timeout: Node timeout

Signs of life from what a node calls: runnables, tokens of a chat model, `@task`s, sub-graphs and heartbeats inside them; with
`refresh_on="heartbeat"` only heartbeats, also those of nodes of a sub-graph.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

from actograph.errors import NodeTimeoutError
from actograph.func import task
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import TimeoutPolicy

PAUSE, IDLE, TIMES = 0.3, 1.0, 5
"""Seconds between signs of life, the limit, and how many: together well over the limit."""


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class SlowModel(GenericFakeChatModel):
    async def _astream(self, *args, **kwargs):
        async for chunk in super()._astream(*args, **kwargs):
            await asyncio.sleep(PAUSE)
            yield chunk


async def pause(value):
    await asyncio.sleep(PAUSE)
    return value


@task
async def paused(value):
    await asyncio.sleep(PAUSE)
    return value


async def runnables(state, config):
    for i in range(TIMES):
        await RunnableLambda(pause).ainvoke(i, config)
    return {"log": ["runnables"]}


async def runnables_without_config(state):
    for i in range(TIMES):
        await RunnableLambda(pause).ainvoke(i)
    return {"log": ["runnables without config"]}


async def tokens(state):
    text = " ".join(["word"] * (TIMES - 2))
    async for _ in SlowModel(messages=iter([AIMessage(text)])).astream("hi"):
        pass
    return {"log": ["tokens"]}


async def tasks(state):
    for i in range(TIMES):
        await paused(i)
    return {"log": ["tasks"]}


async def beats(state, runtime: Runtime):
    for _ in range(TIMES):
        await asyncio.sleep(PAUSE)
        runtime.heartbeat()
    return {"log": ["beats of a sub-graph's node"]}


def main(t):
    sub = StateGraph(State).add_node("beats", beats).add_edge(START, "beats").compile()

    async def calls(state):
        return {"log": (await sub.ainvoke({"log": []}))["log"]}

    async def outcome(node, refresh_on):
        policy = TimeoutPolicy(idle_timeout=IDLE, refresh_on=refresh_on)
        app = StateGraph(State).add_node("n", node, timeout=policy).add_edge(START, "n").compile()
        try:
            return (await app.ainvoke({"log": []}))["log"]
        except NodeTimeoutError as error:
            return [error.kind, error.idle_timeout]

    nodes = {
        "runnables": runnables,
        "runnables without config": runnables_without_config,
        "tokens": tokens,
        "tasks": tasks,
        "sub-graph as node": sub,
        "sub-graph called": calls,
    }

    async def go():
        cases = [(node, mode) for node in nodes.values() for mode in ("auto", "heartbeat")]
        return await asyncio.gather(*(outcome(*case) for case in cases))

    names = [f"{name}, {mode}" for name in nodes for mode in ("auto", "heartbeat")]
    for name, found in zip(names, asyncio.run(go())):
        t.record(name, found)
