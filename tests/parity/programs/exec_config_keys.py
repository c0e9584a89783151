"""exec: Config keys

What a node sees of the run's config: `configurable`, `tags`, `metadata` with its own `langgraph_*` entries, limits; and
what of it reaches the checkpoint metadata: plain configurable values and the caller's metadata, no secrets by `__`.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    seen = []

    def look(state, config):
        seen.append(config)
        return {"x": 1}

    def shown(config):
        configurable = {
            key: value for key, value in config["configurable"].items() if key in ("user", "n", "items", "thread_id")
        }
        limits = {key: config[key] for key in ("recursion_limit", "max_concurrency", "tags") if key in config}
        return {
            "configurable": configurable,
            "metadata": {key: config["metadata"][key] for key in sorted(config["metadata"])},
            **limits,
        }

    builder = (
        StateGraph(State).add_node("look", look).add_node("then", look).add_edge(START, "look").add_edge("look", "then")
    )
    app = builder.compile()
    app.invoke({"x": 0})
    t.record("bare", [shown(config) for config in seen])
    seen.clear()
    run = {
        "configurable": {"user": "ada", "n": 5, "items": [1], "__hidden": 1},
        "tags": ["t1"],
        "metadata": {"desk": "news"},
        "recursion_limit": 7,
        "max_concurrency": 3,
        "run_name": "named",
    }
    app.invoke({"x": 0}, run)
    t.record("full", [shown(config) for config in seen])
    t.record(
        "the caller's config is untouched", [sorted(run), sorted(run["configurable"]), run["metadata"], run["tags"]]
    )
    seen.clear()
    kept, thread = builder.compile(checkpointer=t.saver()), t.thread(user="bob", items=[1], flag=True)
    kept.invoke({"x": 0}, {**run, **thread})
    t.record("on a thread", [shown(config) for config in seen])
    t.record("checkpoint metadata", kept.get_state(thread).metadata)
    seen.clear()
    asyncio.run(kept.ainvoke({"x": 0}, {**run, **t.thread(user="eve")}))
    t.record("async", [shown(config) for config in seen])
