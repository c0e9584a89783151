"""persist: Serializer

The tables of a database: those of our savers have names of their own, so that one file may hold both.
"""

from __future__ import annotations

import sqlite3
from typing import Any, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    value: Any


def main(t):
    path = t.sqlite_path()
    with SqliteSaver.from_conn_string(path) as saver:
        app = (
            StateGraph(State).add_node("n", lambda state: {"value": 1}).add_edge(START, "n").compile(checkpointer=saver)
        )
        app.invoke({}, t.thread())
    with sqlite3.connect(path) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
    connection.close()
    t.record("tables", names)
