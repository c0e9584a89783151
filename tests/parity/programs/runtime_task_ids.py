"""runtime: Runtime; persist: PregelTask

Task ids are a function of the checkpoint and the task's place: equal in every rerun of the same checkpoint, different
between tasks, steps and threads.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send, interrupt


class State(TypedDict, total=False):
    ids: Annotated[list[str], operator.add]


def main(t):
    entered = []

    def worker(state, runtime):
        entered.append(runtime.execution_info.task_id)
        interrupt("?") if state.get("ask") else None
        return {"ids": [runtime.execution_info.task_id]}

    builder = StateGraph(State).add_node("worker", worker).add_node("after", worker)
    builder.add_conditional_edges(START, lambda state: [Send("worker", {"ask": True}), Send("worker", {}), "worker"])
    builder.add_edge("worker", "after")
    app, thread = builder.compile(checkpointer=t.saver()), t.thread()
    app.invoke({"ids": []}, thread)
    first = list(entered)
    t.record("three tasks", len(set(first)))
    t.record("snapshot has them", sorted(first) == sorted(task.id for task in app.get_state(thread).tasks))
    result = app.invoke(Command(resume="!"), thread)
    t.record("rerun has the same id", entered[3] in first)
    t.record("all", [len(result["ids"]), len(set(result["ids"])), len(entered)])
    other = app.invoke({"ids": []}, t.thread())
    t.record("another thread", len(set(other["ids"]) & set(result["ids"])))
