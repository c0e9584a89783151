"""stream: debug

The payloads of `tasks` and `checkpoints`, made of tasks by hand with `actograph.pregel.debug`.
"""

from __future__ import annotations

from collections import deque

from actograph.channels import LastValue
from actograph.pregel import debug
from actograph.types import Interrupt, PregelExecutableTask


def task(**fields):
    given = {
        "name": "n",
        "input": {"x": 1},
        "proc": None,
        "writes": deque(),
        "config": {
            "configurable": {"thread_id": "1"},
            "metadata": {"m": 1, "langgraph_step": 1},
            "tags": ["t", "seq:step:1"],
        },
        "triggers": ["trigger"],
        "retry_policy": (),
        "cache_key": None,
        "id": "the-id",
        "path": ("__pregel_pull", "n"),
    }
    return PregelExecutableTask(**{**given, **fields})


def main(t):
    t.record("starts", list(debug.map_debug_tasks([task(), task(config={"tags": ["langsmith:hidden"]})])))
    for label, writes in {
        "twice": [("x", 1), ("x", 2), ("y", 3)],
        "error": [("__error__", ValueError("broken"))],
        "interrupt": [("__interrupt__", (Interrupt("v", "i"),))],
    }.items():
        t.record(f"end: {label}", list(debug.map_debug_task_results((task(), writes), ["x"])))
    t.record("end: one key", list(debug.map_debug_task_results((task(), [("x", 1)]), "x")))
    channel = LastValue(int)
    channel.key = "x"
    channel.update([4])
    config = {
        "configurable": {"thread_id": "1", "checkpoint_ns": "", "checkpoint_id": "c", "__pregel_read": 1},
        "tags": ["a"],
    }
    tasks = [task(), task(id="other", subgraphs=["any"]), task(id="failed")]
    pending = [
        ("the-id", "x", 5),
        ("other", "__interrupt__", (Interrupt("v", "i"),)),
        ("failed", "__error__", "broken"),
    ]
    t.record(
        "checkpoint",
        list(debug.map_debug_checkpoint(config, {"x": channel}, ["x"], {"step": 1}, tasks, pending, None, ["x"])),
    )
    t.record("config", [debug.rm_pregel_keys(config), debug.rm_pregel_keys(None)])
    several = [{"$writes": [1]}, [1], {"x": 1}]
    t.record("several writes", [debug.is_multiple_channel_write(value) for value in several])
