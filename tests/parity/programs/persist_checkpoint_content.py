"""persist: Checkpoint content

What a stored checkpoint is made of: its version, time and id, the values and versions of the channels, the versions each node has
seen, and the channels just updated. Ids are UUIDs of version 6 and sort by time.
"""

from __future__ import annotations

import datetime
import operator
import uuid
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def ranks(versions):
    """The place of each channel's version among those of the checkpoint: what a version looks like is the saver's affair."""
    order = sorted(set(versions.values()))
    return {key: order.index(versions[key]) for key in sorted(versions)}


def main(t):
    saver = t.saver()
    app = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("b", lambda state: {"x": 1})
    app = app.add_node("c", lambda state: None).add_edge(START, "a").add_edge("a", "b").add_edge("a", "c")
    app = app.compile(checkpointer=saver)
    config = t.thread(user="u")
    app.invoke({"x": 0}, config)
    app.update_state(config, {"x": 7}, as_node="a")
    stored = list(saver.list(config))
    for place, entry in enumerate(reversed(stored)):
        checkpoint = entry.checkpoint
        t.record(f"{place}: keys", sorted(checkpoint))
        t.record(
            f"{place}: values", {key: checkpoint["channel_values"][key] for key in sorted(checkpoint["channel_values"])}
        )
        versions = checkpoint["channel_versions"]
        t.record(f"{place}: versions", ranks(versions))
        seen = {node: entry for node, entry in checkpoint["versions_seen"].items() if node != "__input__"}
        t.record(f"{place}: seen", {node: sorted(seen[node]) for node in sorted(seen)})
        if entry.metadata["source"] == "update":
            continue  # there LangGraph names no updated channels
        done = [node for node in seen if all(versions[key] == seen[node][key] for key in seen[node])]
        t.record(f"{place}: seen as they are", sorted(done))
        t.record(f"{place}: updated", sorted(checkpoint["updated_channels"] or ()))
        t.record(f"{place}: metadata", entry.metadata)
    ids = [entry.checkpoint["id"] for entry in stored]
    t.record("newest first", ids == sorted(ids, reverse=True))
    t.record("version of the ids", {uuid.UUID(name).version for name in ids})
    t.record(
        "the id is the config's", all(e.config["configurable"]["checkpoint_id"] == e.checkpoint["id"] for e in stored)
    )
    times = [datetime.datetime.fromisoformat(entry.checkpoint["ts"]) for entry in stored]
    t.record("times", [times == sorted(times, reverse=True), {time.tzinfo is not None for time in times}])
    fan = StateGraph(State).add_node("w", lambda item: {"log": [str(item)]})
    fan = fan.add_conditional_edges(START, lambda state: [Send("w", 1), Send("w", 2)], ["w"]).compile(
        checkpointer=saver
    )
    config = t.thread()
    fan.invoke({"x": 0}, config)
    for place, entry in enumerate(reversed(list(saver.list(config)))):
        t.record(f"sends {place}: versions", ranks(entry.checkpoint["channel_versions"]))
