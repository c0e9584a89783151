"""durability: Tasks in nodes; control: Send

Each task of a fan-out has calls of its own; one branch fails, and on going on no finished call is repeated.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.func import task
from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict):
    items: list[int]
    results: Annotated[list[int], operator.add]


def main(t):
    log = []
    broken = {"is": True}

    @task
    def fetch(item):
        log.append(f"fetch {item}")
        return item * 10

    @task
    def check(item):
        log.append(f"check {item}")
        if item == 20 and broken["is"]:
            raise ValueError("twenty")
        return item + 1

    def work(state):
        return {"results": [check(fetch(state["item"]).result()).result()]}

    builder = StateGraph(State)
    builder.add_node("work", work)
    builder.add_conditional_edges(START, lambda state: [Send("work", {"item": item}) for item in state["items"]])
    app = builder.compile(checkpointer=t.saver())
    whole = t.thread()
    broken["is"] = False
    t.record("whole", app.invoke({"items": [1, 2, 3], "results": []}, whole))
    t.history("history", app.get_state_history(whole))
    log.clear()
    broken["is"] = True
    config = {**t.thread(), "max_concurrency": 4}
    with t.raises("fails", culprit=["twenty"]):
        app.invoke({"items": [2], "results": []}, config)
    broken["is"] = False
    t.record("goes on", app.invoke(None, config))
    t.record("log", log)
