"""exec: Run methods; exec: Config keys

`with_config` gives a copy with defaults: configurable, metadata and tags are merged with those of the run, and the
original is left alone.
"""

from __future__ import annotations

from typing import Any, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    seen: Any


def look(state, config):
    own = {key: value for key, value in config["metadata"].items() if not key.startswith("langgraph_")}
    return {
        "seen": [
            config["configurable"].get("user"),
            config["configurable"].get("team"),
            sorted(own.items()),
            config.get("tags"),
        ]
    }


def main(t):
    app = StateGraph(State).add_node("look", look).add_edge(START, "look").compile()
    bound = app.with_config({"configurable": {"user": "ada", "team": "red"}, "metadata": {"a": 1}, "tags": ["x"]})
    t.record("bound", bound.invoke({}))
    t.record("merged", bound.invoke({}, {"configurable": {"user": "bob"}, "metadata": {"b": 2}, "tags": ["y"]}))
    t.record("twice", bound.with_config(configurable={"team": "blue"}).invoke({}))
    t.record("original", app.invoke({}))
    t.record("is another graph", bound is not app)
