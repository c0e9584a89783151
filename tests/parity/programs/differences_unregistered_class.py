"""persist: Serializer

A class that no schema names, under `Any`, on its way to a database: there it is stored by the name of its module, to
be imported when it is read; here the write is refused until the class is registered. Deliberate: docs/decisions/0006.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite import SqliteSaver
from actograph.graph import START, StateGraph


@dataclass
class Place:
    name: str


class Known(TypedDict, total=False):
    value: Place


class Unknown(TypedDict, total=False):
    value: Any


def outcome(schema, saver, config, value):
    app = StateGraph(schema).add_node("n", lambda state: {"value": value}).add_edge(START, "n")
    try:
        return str(app.compile(checkpointer=saver).invoke({"value": None}, config)["value"])
    except Exception as error:
        return type(error).__name__


def main(t):
    for label, schema in (("named by the schema", Known), ("under Any", Unknown)):
        with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
            t.record(label, outcome(schema, saver, t.thread(), Place("here")))
    t.record("in memory", outcome(Unknown, InMemorySaver(), t.thread(), Place("here")))
    t.record("a generator, in memory", outcome(Unknown, InMemorySaver(), t.thread(), iter([1])) == "TypeError")
