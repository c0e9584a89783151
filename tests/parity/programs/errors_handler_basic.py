"""errors: Node error handler

`error_handler=` runs in the same superstep when its node has failed, as node `__error_handler__<name>`; it gets the node's input and, in a
parameter annotated `NodeError`, what went wrong; its update counts, the node's own edges are not followed; sync and async.
"""

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    seen = []

    def bad(state):
        raise ValueError(f"bad {state['x']}")

    async def abad(state):
        raise ValueError(f"async bad {state['x']}")

    def handler(state, error: NodeError):
        seen.append([state, error.node, repr(error.error)])
        return {"log": [f"handled {error.error}"]}

    async def ahandler(state, error: NodeError):
        await asyncio.sleep(0)
        return handler(state, error)

    def plain(state):
        return {"log": ["without the error"]}

    def graph(node, with_handler, saver=None):
        builder = StateGraph(State).add_node("n", node, error_handler=with_handler)
        builder.add_node("after", lambda state: {"log": ["after"]})
        return builder.add_edge(START, "n").add_edge("n", "after").compile(saver)

    t.record("handled", graph(bad, handler).invoke({"x": 1, "log": ["in"]}))
    t.record("handler saw", list(seen))
    t.record("async", asyncio.run(graph(abad, ahandler).ainvoke({"x": 2})))
    t.record("sync handler of an async node", asyncio.run(graph(abad, handler).ainvoke({"x": 3})))
    t.record("handler that does not ask", graph(bad, plain).invoke({"x": 4}))
    app = graph(bad, handler)
    t.chunks("stream", app.stream({"x": 5}, stream_mode=["values", "updates", "tasks"]))
    t.record("no failure, no handler", graph(lambda state: {"log": ["good"]}, handler).invoke({"x": 6}))

    app, thread = graph(bad, handler, t.saver()), t.thread()
    app.invoke({"x": 7, "log": ["in"]}, thread)
    t.snapshot("state", app.get_state(thread))
    t.history("history", app.get_state_history(thread))
    failed = list(app.get_state_history(thread))[1].config["configurable"]["checkpoint_id"]
    stored = app.checkpointer.get_tuple({"configurable": {**thread["configurable"], "checkpoint_id": failed}})
    t.record("stored writes", [[key, value] for _, key, value in stored.pending_writes])
    t.record("names", sorted(graph(bad, handler).builder.nodes))
