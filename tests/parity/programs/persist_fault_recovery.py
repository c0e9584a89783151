"""persist: Fault recovery
control: Super-step is a transaction
persist: get_state while paused or failed
persist: PregelTask

One of two parallel nodes fails: the error is raised as it is and shows in the task, the finished sibling's write is
kept, and `None` runs only the failed node again.
"""

from __future__ import annotations

import asyncio
import operator
import time
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, runs):
    def shaky(state):
        runs.append("shaky")
        if runs.count("shaky") <= 2:
            time.sleep(0.01)
            raise ConnectionError("no answer")
        return {"log": ["shaky"]}

    def steady(state):
        runs.append("steady")
        return {"log": ["steady"]}

    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("steady", steady)
    builder.add_node("shaky", shaky)
    builder.add_node("end", lambda state: {"log": ["end"]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "steady")
    builder.add_edge("first", "shaky")
    builder.add_edge(["steady", "shaky"], "end")
    return builder.compile(checkpointer=saver)


STEP = [{"steady", "shaky"}]
MODES = ["values", "updates"]


def main(t):
    runs = []
    app = graph(t.saver(), runs)
    config = t.thread()
    chunks = []
    with t.raises("failure", culprit=["no answer"]):
        for chunk in app.stream({"log": []}, config, stream_mode=MODES):
            chunks.append(chunk)
    t.chunks("chunks before it", chunks, STEP)
    t.snapshot("failed", app.get_state(config))
    with t.raises("failure again"):
        app.invoke(None, config)
    t.snapshot("failed again", app.get_state(config))
    t.chunks("recovered", app.stream(None, config, stream_mode=MODES), STEP)
    t.history("history", app.get_state_history(config))
    t.record("runs", sorted(runs))
    assert runs.count("steady") == 1
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    runs = []
    app = graph(t.saver(), runs)
    config = t.thread()
    for number in range(2):
        with t.raises(f"async failure {number}"):
            await app.ainvoke({"log": []} if number == 0 else None, config)
        t.snapshot(f"async failed {number}", await app.aget_state(config))
    t.record("async recovered", await app.ainvoke(None, config))
    t.record("async runs", sorted(runs))
