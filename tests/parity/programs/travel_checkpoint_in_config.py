"""travel: Replay

Which runs make a `fork` checkpoint: those with `None`, or a `Command` without an answer, at a checkpoint that is named in
the config, unless it is the newest and itself an update or a fork. A pending superstep then runs as a whole again.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver, interrupt_before=["b"])


INPUTS = {"None": None, "answer": Command(resume=1), "update": Command(update={"log": ["u"]})}


def prepare(app, config, source):
    """A thread whose newest checkpoint has this source."""
    if source == "input":
        app.update_state(config, {"x": 1}, as_node="__input__")
        return
    app.invoke({"x": 1}, config)
    if source == "update":
        app.update_state(config, {"log": ["edited"]})


def main(t):
    for source in ("loop", "update", "input"):
        for name, given in INPUTS.items():
            # An answer at a checkpoint of the past is left out: it meets the answer given there before.
            for newest in (True,) if name == "answer" else (True, False):
                app, config = graph(t.saver()), t.thread()
                prepare(app, config, source)
                place = app.get_state(config).config
                if not newest:
                    app.invoke(None, config)
                before = len(list(app.get_state_history(config)))
                app.invoke(given, place)
                history = list(app.get_state_history(config))
                added = [(item.metadata["source"], item.metadata["step"], item.next) for item in history]
                t.record(f"{source}, {name}, {'newest' if newest else 'past'}", added[: len(history) - before])
                t.record(f"{source}, {name}, {'newest' if newest else 'past'}: values", history[0].values)
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app, config = graph(t.saver()), t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.ainvoke(None, (await app.aget_state(config)).config)
    t.history("async history", [item async for item in app.aget_state_history(config)])
