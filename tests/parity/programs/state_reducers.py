"""state: Reducers

`Annotated[T, fn]` calls `fn(left, right)`; the channel starts at the empty value of its type and shows from the first
values chunk; the last callable of several annotations counts; a type without an empty value is absent until written.
"""

from __future__ import annotations

import asyncio
import operator
from collections import Counter
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


def keep_max(left, right):
    return max(left, right)


def merge(left, right):
    return {**left, **right}


def replace_if(left, right):
    return left if right is None else right


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        return Money(self.cents + other.cents)


class State(TypedDict):
    numbers: Annotated[list[int], operator.add]
    total: Annotated[int, operator.add]
    text: Annotated[str, operator.add]
    top: Annotated[int, keep_max]
    table: Annotated[dict[str, int], merge]
    seen: Annotated[set[int], operator.or_]
    flags: Annotated[bool, operator.or_]
    ratio: Annotated[float, operator.add]
    pair: Annotated[tuple, operator.add]
    words: Annotated[Counter, operator.add]
    money: Annotated[Money, operator.add]
    maybe: Annotated[int | None, replace_if]
    noted: Annotated[list[int], "a note", operator.add]
    plain: Annotated[int, "no reducer at all"]


def shown(state):
    return {key: value.cents if isinstance(value, Money) else value for key, value in state.items()}


def one(state):
    return {
        "numbers": [1],
        "total": 2,
        "text": "a",
        "top": 3,
        "table": {"a": 1},
        "seen": {1},
        "flags": True,
        "money": Money(5),
    }


def two(state):
    return {
        "numbers": [2],
        "total": 5,
        "text": "b",
        "top": 1,
        "table": {"b": 2},
        "seen": {2},
        "ratio": 0.5,
        "pair": (1,),
        "words": Counter("ab"),
        "money": Money(6),
        "noted": [1],
        "plain": 1,
    }


def three(state):
    return {"maybe": 4, "words": Counter("a"), "plain": 2, "noted": [2], "pair": (2, 3)}


def main(t):
    app = StateGraph(State).add_sequence([one, two, three]).add_edge(START, "one").compile()
    t.record("invoke", shown(app.invoke({"numbers": [0], "plain": 0})))
    t.record("ainvoke", shown(asyncio.run(app.ainvoke({"maybe": 1, "plain": 0}))))
    t.chunks("values", [shown(chunk) for chunk in app.stream({"plain": 0}, stream_mode="values")])
