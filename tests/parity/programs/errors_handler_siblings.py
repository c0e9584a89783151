"""errors: Node error handler
control: Send

A handled failure leaves siblings alone: they finish, and the handler's writes take the failed node's place in the order; each failed `Send`
has a handler's task of its own, with the argument that was sent.
"""

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: Any
    log: Annotated[list[str], operator.add]


def handler(state, error: NodeError):
    return {"log": [f"handled {error.node} {state.get('x')}"]}


async def bad(state):
    raise ValueError("bad")


async def worker(state):
    if state["x"] % 2:
        raise ValueError(f"odd {state['x']}")
    return {"log": [f"even {state['x']}"]}


async def slow(state):
    await asyncio.sleep(0.1)
    return {"log": ["slow"]}


def main(t):
    def named(first, second):
        builder = StateGraph(State).add_node(first, bad, error_handler=handler).add_node(second, slow)
        builder.add_node("join", lambda state: {"log": ["joined"]})
        builder.add_edge(START, first).add_edge(START, second)
        return builder.add_edge([first, second], "join").compile(t.saver())

    for first, second in (("a", "z"), ("z", "a")):
        app, thread = named(first, second), t.thread()
        t.record(f"{first} fails beside {second}", asyncio.run(app.ainvoke({"x": 0, "log": ["in"]}, thread)))
        t.history(f"history, {first} fails", app.get_state_history(thread))

    builder = StateGraph(State).add_node("worker", worker, error_handler=handler).add_node("other", slow)
    builder.add_conditional_edges(
        START, lambda state: [*(Send("worker", {"x": i}) for i in range(4)), "other"], ["worker", "other"]
    )
    app = builder.compile()
    t.record("sends", asyncio.run(app.ainvoke({"x": "state"})))

    async def chunks():
        return [chunk async for chunk in app.astream({"x": "state"}, stream_mode=["updates", "values"])]

    t.chunks("stream of sends", asyncio.run(chunks()), parallel=[{"worker", "other", "__error_handler__worker"}])
