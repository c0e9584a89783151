"""persist: Saver interface

A saver written by a user with the synchronous methods only drives runs: checkpoints, pending writes, a pause and its
answer.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict
from collections import defaultdict

from actograph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class ListSaver(BaseCheckpointSaver):
    """Keeps whatever it is given, serialised by the base class's serializer."""

    def __init__(self):
        super().__init__()
        self.rows = {}
        self.writes = defaultdict(dict)

    def put(self, config, checkpoint, metadata, new_versions):
        place = config["configurable"]
        key = (place["thread_id"], place.get("checkpoint_ns", ""), checkpoint["id"])
        self.rows[key] = (self.serde.dumps_typed(checkpoint), dict(metadata), place.get("checkpoint_id"))
        return self.place(key)

    def put_writes(self, config, writes, task_id, task_path=""):
        place = config["configurable"]
        key = (place["thread_id"], place.get("checkpoint_ns", ""), place["checkpoint_id"])
        for index, (channel, value) in enumerate(writes):
            position = {"__error__": -1, "__scheduled__": -2, "__interrupt__": -3, "__resume__": -4}.get(channel, index)
            if position < 0 or (task_id, position) not in self.writes[key]:
                self.writes[key][task_id, position] = (task_id, channel, self.serde.dumps_typed(value))

    def get_tuple(self, config):
        return next(iter(self.list(config, limit=1)), None)

    def list(self, config, *, filter=None, before=None, limit=None):
        place = config["configurable"]
        newest = sorted((key for key in self.rows if key[0] == place["thread_id"]), reverse=True)
        for key in newest[: limit if "checkpoint_id" not in place else None]:
            if place.get("checkpoint_id", key[2]) == key[2] and place.get("checkpoint_ns", "") == key[1]:
                checkpoint, metadata, parent = self.rows[key]
                yield CheckpointTuple(
                    self.place(key),
                    self.serde.loads_typed(checkpoint),
                    metadata,
                    self.place((*key[:2], parent)) if parent else None,
                    [
                        (task, channel, self.serde.loads_typed(value))
                        for task, channel, value in self.writes[key].values()
                    ],
                )

    @staticmethod
    def place(key):
        return {"configurable": dict(zip(("thread_id", "checkpoint_ns", "checkpoint_id"), key, strict=True))}


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("beside", lambda state: {"log": ["beside"]})
    builder.add_node("ask", lambda state: {"log": [interrupt("?")]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "ask")
    builder.add_edge("first", "beside")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(ListSaver())
    config = t.thread()
    t.record("paused", app.invoke({"log": []}, config))
    t.snapshot("snapshot", app.get_state(config))
    t.record("answered", app.invoke(Command(resume="yes"), config))
    t.history("history", app.get_state_history(config))
    app.update_state(config, {"log": ["updated"]}, as_node="first")
    t.snapshot("updated", app.get_state(config))
