"""timeout: Node timeout
control: Send

`Send(timeout=)` stands in for the node's own policy, shorter or longer, idle or run; for sync nodes it is refused in a sync run.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeTimeoutError
from actograph.graph import START, StateGraph
from actograph.types import Command, Send, TimeoutPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    async def node(arg):
        await asyncio.sleep(arg["seconds"])
        return {"log": [arg["name"]]}

    def sync(arg):
        return {"log": ["sync"]}

    def graph(action, sends, **options):
        builder = StateGraph(State).add_node("n", action, **options)
        return builder.add_conditional_edges(START, lambda state: sends, ["n"]).compile()

    def run(*args, **options):
        try:
            return asyncio.run(graph(*args, **options).ainvoke({"log": []}))["log"]
        except NodeTimeoutError as error:
            return [error.node, error.kind, error.run_timeout, error.idle_timeout]

    def send(name, seconds, timeout):
        return Send("n", {"name": name, "seconds": seconds}, timeout=timeout)

    t.record("a limit of its own", run(node, [send("quick", 0, 30), send("slow", 30, 0.05)]))
    t.record("longer than the node's", run(node, [send("waits", 0.2, 30)], timeout=0.02))
    t.record("the node's", run(node, [send("slow", 30, None)], timeout=0.02))
    t.record("idle in place of run", run(node, [send("waits", 0.2, TimeoutPolicy(idle_timeout=30))], timeout=0.02))
    t.record("shorter than the node's", run(node, [send("slow", 30, TimeoutPolicy(idle_timeout=0.05))], timeout=30))

    async def goes(state):
        return Command(goto=[send("gone to", 30, 0.05)])

    builder = StateGraph(State).add_node("goes", goes).add_node("n", node).add_edge(START, "goes")
    with t.raises("in a command"):
        asyncio.run(builder.compile().ainvoke({"log": []}))
    app = graph(sync, [Send("n", {}, timeout=30)])
    with t.raises("sync node in a sync run", culprit=["'n'", "sync"]):
        app.invoke({"log": []})
    t.record("sync node in an async run", asyncio.run(app.ainvoke({"log": []})))
    limited = Send("n", 1, timeout=2)
    t.record("Send", [repr(limited), limited == Send("n", 1), limited == Send("n", 1, timeout=2.0)])
