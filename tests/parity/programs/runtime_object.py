"""runtime: Runtime

What the runtime holds: context, store, stream_writer, previous, and execution_info with the ids of the task, the
thread, the checkpoint and the attempt; the task id is the one in the config and in the snapshot.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypedDict

from actograph.graph import START, StateGraph
from actograph.runtime import Runtime


class State(TypedDict, total=False):
    seen: Any


def look(state, runtime: Runtime, config):
    info = runtime.execution_info
    namespace = config["configurable"]["checkpoint_ns"]
    return {
        "seen": {
            "context": runtime.context,
            "store": runtime.store,
            "previous": runtime.previous,
            "server": runtime.server_info,
            "thread": info.thread_id,
            "attempt": info.node_attempt,
            "run": info.run_id,
            "task": info.task_id,
            "namespace": info.checkpoint_ns,
            "checkpoint": info.checkpoint_id,
            "agree": [namespace == f"look:{info.task_id}", namespace == info.checkpoint_ns],
            "time": isinstance(info.node_first_attempt_time, float),
        }
    }


def main(t):
    builder = StateGraph(State).add_node("look", look).add_edge(START, "look")
    plain = builder.compile().invoke({})["seen"]
    t.record("no thread", plain)
    app, thread = builder.compile(checkpointer=t.saver()), t.thread()
    seen = app.invoke({}, thread)["seen"]
    t.record("thread", seen)
    before = list(app.get_state_history(thread))[1]
    t.record(
        "the checkpoint and task it ran from",
        [
            before.config["configurable"]["checkpoint_id"] == seen["checkpoint"],
            before.tasks[0].id == seen["task"],
            before.next,
        ],
    )
    t.record("async", asyncio.run(app.ainvoke({}, t.thread()))["seen"])
