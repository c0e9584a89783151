"""control: Send; state: Order in a super-step [obs]

Tasks of one superstep start in a fixed order, Sends first in their order, then nodes by name; their writes are folded
with the nodes first. `next` and `tasks` list Sends first, then nodes as they were added.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    id: int
    log: Annotated[list[str], operator.add]


async def main(t):
    started = []

    def make(name):
        async def node(state):
            started.append(f"{name}{state.get('id', '')}")
            return {"log": [f"{name}{state.get('id', '')}"]}

        return node

    builder = StateGraph(State)
    for name in ("c", "a", "b"):
        builder.add_node(name, make(name)).add_edge(START, name)
    builder.add_conditional_edges(START, lambda state: [Send("b", {"id": 2}), Send("a", {"id": 1})])
    app, thread = builder.compile(checkpointer=t.saver()), t.thread()
    t.record("folded", (await app.ainvoke({"log": []}, thread))["log"])
    t.record("started", started)
    before = [snap async for snap in app.aget_state_history(thread)][1]
    t.record("next", before.next)
    t.record("tasks", [(task.name, task.path) for task in before.tasks])
