"""exec: Config keys

Handlers may be sync or async in sync and async runs; a manager serves instead of a list; a handler that fails is
logged, or stops the run if it says so; an empty list is none.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TypedDict

from actograph.graph import START, StateGraph
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler, CallbackManager
from tests.parity.listener import Listener


class State(TypedDict):
    x: int


def main(t):
    app = StateGraph(State).add_node("n", lambda state: {"x": state["x"] + 1}).add_edge(START, "n").compile()
    heard = []

    class Awaited(AsyncCallbackHandler):
        async def on_chain_start(self, serialized, inputs, *, run_id, **kw):
            await asyncio.sleep(0)
            heard.append(("start", kw["name"], inputs))

        async def on_chain_end(self, outputs, *, run_id, **kw):
            await asyncio.sleep(0)
            heard.append(("end", outputs))

    class Plain(BaseCallbackHandler):
        def on_chain_start(self, serialized, inputs, *, run_id, **kw):
            heard.append(("start", kw["name"], inputs))

    class Failing(BaseCallbackHandler):
        def on_chain_start(self, serialized, inputs, *, run_id, **kw):
            raise ValueError("a handler's own")

    class Strict(Failing):
        raise_error = True

    for label, handler in (("async handler", Awaited()), ("sync handler", Plain())):
        heard.clear()
        app.invoke({"x": 1}, {"callbacks": [handler]})
        t.record(f"{label}, sync run", list(heard))
        heard.clear()
        asyncio.run(app.ainvoke({"x": 1}, {"callbacks": [handler]}))
        t.record(f"{label}, async run", list(heard))
    listener = Listener()
    app.invoke({"x": 1}, {"callbacks": CallbackManager([], inheritable_handlers=[listener], inheritable_tags=["kept"])})
    t.record("inheritable only", listener.heard)
    listener = Listener()
    manager = CallbackManager([])
    manager.add_handler(listener)
    manager.add_tags(["kept"])
    app.invoke({"x": 1}, {"callbacks": manager})
    t.record("manager", listener.heard)
    logging.disable(logging.WARNING)
    try:
        t.record("failing handler", app.invoke({"x": 1}, {"callbacks": [Failing()]}))
        with t.raises("strict handler"):
            app.invoke({"x": 1}, {"callbacks": [Strict()]})
    finally:
        logging.disable(logging.NOTSET)
    t.record("none", app.invoke({"x": 1}, {"callbacks": []}))
