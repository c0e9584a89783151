"""What went wrong once: updates of paused threads, and the only place of a run with `max_concurrency=1`."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.errors import InvalidUpdateError
from actograph.func import entrypoint, task
from actograph.graph import END, START, StateGraph
from actograph.types import Command, Overwrite, interrupt


class State(TypedDict, total=False):
    note: str
    log: Annotated[list[str], operator.add]


def paused():
    builder = StateGraph(State).add_node("ends", lambda state: {"log": ["ends"]})
    builder.add_node("asks", lambda state: {"log": [interrupt("?")]})
    app = builder.add_edge(START, "ends").add_edge(START, "asks").compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "t"}}
    app.invoke({"log": []}, thread)
    return app, thread


def test_the_later_of_two_updates_of_a_paused_thread_counts() -> None:
    app, thread = paused()
    for note in "abc":
        assert "__interrupt__" in app.invoke(Command(update={"note": note, "log": [note]}), thread)
    assert app.get_state(thread).values["note"] == "c"
    end = app.invoke(Command(resume="yes"), thread)
    assert end["note"] == "c"
    # What has a reducer piles up.
    assert end["log"][:3] == ["a", "b", "c"]


def test_the_last_overwrite_counts() -> None:
    app, thread = paused()
    for given in (["zero"], Overwrite(["one"]), Overwrite(["two"])):
        app.invoke(Command(update={"log": given}), thread)
    assert app.invoke(Command(resume="yes"), thread)["log"][0] == "two"


def test_an_update_that_does_not_fit_leaves_the_thread_as_it_was() -> None:
    app, thread = paused()
    before = app.get_state(thread)
    with pytest.raises(InvalidUpdateError, match="note"):
        app.invoke(Command(update=[("note", "a"), ("note", "b")]), thread)
    assert app.get_state(thread).values == before.values
    assert sorted(app.invoke(Command(resume="yes"), thread)["log"]) == ["ends", "yes"]


def test_end_keeps_what_has_ended() -> None:
    app, thread = paused()
    app.update_state(thread, None, as_node=END)
    assert app.get_state(thread).values == {"log": ["ends"]}
    assert app.get_state(thread).next == ()


@task
async def double(number: int) -> int:
    return number * 2


@entrypoint()
async def nested(number: int) -> int:
    first = asyncio.ensure_future(double(number))
    return await double(number + 1) + await first


def test_a_caller_that_waits_lends_the_only_place() -> None:
    async def limited() -> int:
        return await asyncio.wait_for(nested.ainvoke(1, {"max_concurrency": 1}), timeout=30)

    assert asyncio.run(limited()) == 6
