"""persist: Serializer
state: Schema kinds

Values of declared types come back from a database as what they were: dates, UUIDs, decimals, sets, bytes, enums,
dataclasses, Pydantic models, big numbers, nested containers and keys that are no strings.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import decimal
import enum
import uuid
from typing import Any, TypedDict

import pydantic

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int
    y: float


class Note(pydantic.BaseModel):
    text: str
    when: datetime.datetime


class State(TypedDict, total=False):
    plain: dict[str, Any]
    when: datetime.datetime
    day: datetime.date
    wait: datetime.timedelta
    ident: uuid.UUID
    price: decimal.Decimal
    names: set[str]
    raw: bytes
    colour: Colour
    points: list[Point]
    note: Note
    keyed: dict[int, str]


VALUES = {
    "plain": {
        "none": None,
        "yes": True,
        "big": 2**60,
        "negative": -5,
        "float": 0.1,
        "text": "ünïcode",
        "list": [1, [2, {}]],
    },
    "when": datetime.datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=datetime.timezone.utc),
    "day": datetime.date(2024, 2, 29),
    "wait": datetime.timedelta(days=1, seconds=3),
    "ident": uuid.UUID("12345678-1234-5678-1234-567812345678"),
    "price": decimal.Decimal("12.30"),
    "names": {"a", "b"},
    "raw": b"\x00\xff",
    "colour": Colour.BLUE,
    "points": [Point(1, 2.5), Point(-1, 0.0)],
    "note": Note(text="hello", when=datetime.datetime(2024, 1, 1)),
    "keyed": {1: "one", 2: "two"},
}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("fill", lambda state: VALUES)
    builder.add_node("check", lambda state: {"plain": {"same": state == VALUES}})
    builder.add_edge(START, "fill")
    builder.add_edge("fill", "check")
    return builder.compile(checkpointer=saver, interrupt_before=["check"])


def main(t):
    path, config = t.sqlite_path(), t.thread()
    with SqliteSaver.from_conn_string(path) as saver:
        t.record("stopped", graph(saver).invoke({}, config))
    with SqliteSaver.from_conn_string(path) as saver:
        app = graph(saver)
        values = app.get_state(config).values
        assert values == VALUES
        t.record("values", values)
        t.record("types", {key: type(value).__name__ for key, value in values.items()})
        t.record("in the node", app.invoke(None, config)["plain"])
    asyncio.run(in_a_loop(t, path))


async def in_a_loop(t, path):
    config = t.thread()
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        await graph(saver).ainvoke({}, config)
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        app = graph(saver)
        t.record("async values", (await app.aget_state(config)).values)
        t.record("async in the node", (await app.ainvoke(None, config))["plain"])
