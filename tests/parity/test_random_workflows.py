"""Random workflows of tasks end alike on both roots, with the same tasks shown, and no finished task is run twice."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings

from .random_workflows import Step, races, run, threads_of, workflows


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    # LangGraph leaves futures of failed calls unheard.
    caplog.set_level(logging.CRITICAL, logger="asyncio")


def alike(steps: list[Step], *, sync: bool) -> None:
    theirs, ours = run("langgraph", steps, sync=sync), run("actograph", steps, sync=sync)
    assert ours.result == theirs.result
    assert ours.history == theirs.history
    assert set(ours.worked) == set(theirs.worked)
    if not races(steps):
        assert ours.updates == theirs.updates
        assert set(ours.worked.values()) <= {1}


def few_threads(steps: list[Step]) -> bool:
    # LangGraph's pool has as few as five threads, and a call that waits for another keeps its own: more would hang.
    return max(threads_of(step) for step in steps) < 5


@given(workflows())
@settings(max_examples=25, derandomize=True, database=None)
def test_async_workflows(steps: list[Step]) -> None:
    alike(steps, sync=False)


@given(workflows().filter(few_threads))
@settings(max_examples=15, derandomize=True, database=None)
def test_sync_workflows(steps: list[Step]) -> None:
    alike(steps, sync=True)


@given(workflows())
@settings(max_examples=25, derandomize=True, database=None)
def test_tasks_that_wait_in_place_come_to_the_same_end(steps: list[Step]) -> None:
    replayed, held = run("actograph", steps, sync=False), run("actograph", steps, sync=False, held=True)
    assert held.result == replayed.result
    assert held.history == replayed.history
    assert held.updates == replayed.updates


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(workflows())
@settings(max_examples=300, database=None)
def test_many_workflows(steps: list[Step]) -> None:
    alike(steps, sync=False)
    assert run("actograph", steps, sync=False, held=True).result == run("actograph", steps, sync=False).result
    if few_threads(steps):
        alike(steps, sync=True)
