"""What a user gets wrong early: the error names the thing, the place and the remedy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

import pytest

from actograph.errors import ParentCommand
from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    n: int


@dataclass
class Who:
    name: str


def graph(node: Any, **options: Any) -> Any:
    return StateGraph(State, context_schema=Who).add_node("a", node, **options).add_edge(START, "a").compile()


def wrong_schema() -> None:
    class Bad(TypedDict):
        x: Missing  # type: ignore[name-defined]  # noqa: F821

    StateGraph(Bad)


@pytest.mark.parametrize(
    ("make", "kind", "named"),
    [
        (lambda: graph(lambda state: [Send("a", 1)]).invoke({}), Exception, ["'a'", "Command(goto=...)"]),
        (lambda: graph(lambda state: {}, retry_policy=3), TypeError, ["RetryPolicy", "int"]),
        (lambda: graph(lambda state: {}).invoke({}, 5), TypeError, ["config", "configurable", "int"]),
        (lambda: graph(lambda state: {}).invoke({}, context={"nam": "Ann"}), TypeError, ["nam", "context", "Who"]),
        (lambda: graph(lambda state: Command(graph=Command.PARENT)).invoke({}), ParentCommand, ["another graph"]),
        (wrong_schema, NameError, ["Missing", "'x'", "Bad", "import"]),
    ],
    ids=["send", "retry", "config", "context", "parent", "annotation"],
)
def test_says_what_where_and_what_to_do(make: Callable[[], Any], kind: type[BaseException], named: list[str]) -> None:
    with pytest.raises(kind) as caught:
        make()
    text = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    assert [one for one in named if one not in text] == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ACTOGRAPH_HELD_TASKS", "many"),
        ("ACTOGRAPH_HELD_SECONDS", "-1"),
        ("ACTOGRAPH_WORKER_THREADS", "0"),
        ("ACTOGRAPH_STREAM_BOUND", "x"),
        ("ACTOGRAPH_DEFAULT_RECURSION_LIMIT", "x"),
    ],
)
def test_settings_that_cannot_be_are_named(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv(variable, value)
    program = (
        "from actograph.graph import START, StateGraph\n"
        "graph = StateGraph(dict).add_node('a', lambda state: {}).add_edge(START, 'a').compile()\n"
        "list(graph.stream({}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50, cwd=tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1 and last.startswith("ValueError")
    assert variable in last and repr(value) in last
