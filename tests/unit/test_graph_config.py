"""From a caller's config to what the engine is told."""

from __future__ import annotations

import asyncio
import operator
import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.config import get_config
from actograph.graph import START, StateGraph
from actograph.pregel.config import merge_configs, prepare, prepare_access
from actograph.runtime import Runtime


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


def graph(node: Any = lambda state: {"log": ["n"]}, **options: Any) -> Any:
    return StateGraph(State).add_node("n", node).add_edge(START, "n").compile(**options)


THREAD = {"configurable": {"thread_id": "1"}}


def test_merging() -> None:
    first = {
        "configurable": {"a": 1, "b": 1},
        "metadata": {"m": 1},
        "tags": ["x"],
        "callbacks": [1],
        "recursion_limit": 3,
    }
    second = {"configurable": {"b": 2}, "metadata": {"n": 2}, "tags": ["y"], "callbacks": [2], "run_name": None}
    assert merge_configs(first, None, second) == {
        "configurable": {"a": 1, "b": 2},
        "metadata": {"m": 1, "n": 2},
        "tags": ["x", "y"],
        "callbacks": [1, 2],
        "recursion_limit": 3,
    }
    assert first["configurable"] == {"a": 1, "b": 1}
    with pytest.raises(TypeError, match="not str"):
        merge_configs("thread-1")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"config\['configurable'\] must be a dict, not str"):
        merge_configs({"configurable": "thread-1"})


def test_what_a_launch_says() -> None:
    app = graph(checkpointer=InMemorySaver(), interrupt_before=["n"]).with_config({"metadata": {"bound": True}})
    config = {
        "configurable": {"thread_id": 7, "user": "ada", "items": [1], "checkpoint_id": "c", "__pregel_task_id": "t"},
        "metadata": {"desk": "news"},
        "max_concurrency": 3,
        "recursion_limit": 5,
        "run_id": 12,
    }
    launch = prepare(app, {"x": 1}, config, modes=frozenset({"values"}), durability="sync", sync=True)
    assert (launch.thread_id, launch.checkpoint_id, launch.checkpoint_ns) == ("7", "c", "")
    assert (launch.recursion_limit, launch.max_concurrency, launch.run_id) == (5, 3, "12")
    assert (launch.durability, launch.sync, launch.live) == ("sync", True, False)
    assert launch.metadata == {"bound": True, "desk": "news", "user": "ada"}
    assert (launch.interrupt_before, launch.interrupt_after) == (frozenset({"n"}), frozenset())
    assert "__pregel_task_id" not in launch.config["configurable"]
    assert config["configurable"]["__pregel_task_id"] == "t"  # type: ignore[index]
    replaced = prepare(app, {}, THREAD, interrupt_before="*", interrupt_after=[], output_keys=["x"])
    assert (replaced.interrupt_before, replaced.interrupt_after) == ("*", frozenset())
    assert (replaced.output_keys, replaced.stream_keys, replaced.durability) == (["x"], ["x"], "async")


@pytest.mark.parametrize(
    ("config", "options", "message"),
    [
        ({"recursion_limit": 0, **THREAD}, {}, "recursion_limit must be at least 1"),
        ({"max_concurrency": 0, **THREAD}, {}, "max_concurrency must be at least 1"),
        (None, {}, "thread_id"),
        ({"configurable": {"thread_id": None}}, {}, "thread_id"),
        (THREAD, {"durability": "often"}, "'often'"),
        (THREAD, {"output_keys": ["x", "zz"]}, "'zz'"),
        (THREAD, {"output_keys": "zz"}, "'zz'"),
    ],
)
def test_what_is_refused(config: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prepare(graph(checkpointer=InMemorySaver()), {}, config, **options)


def test_looking_at_a_thread_needs_a_saver_and_a_thread() -> None:
    with pytest.raises(ValueError, match="No checkpointer set"):
        prepare_access(graph(), THREAD)
    with pytest.raises(ValueError, match="thread_id"):
        prepare_access(graph(checkpointer=InMemorySaver()), {"configurable": {"user": "ada"}})
    launch = prepare_access(
        graph(checkpointer=InMemorySaver()), {"configurable": {"thread_id": 1, "checkpoint_id": "c", "user": "ada"}}
    )
    assert (launch.thread_id, launch.checkpoint_id, launch.metadata) == ("1", "c", {"user": "ada"})


def test_memory_of_one_s_own_is_for_sub_graphs() -> None:
    with pytest.raises(RuntimeError, match="checkpointer=True"):
        graph(checkpointer=True).invoke({})


def test_runs_that_a_node_could_not_tell_apart() -> None:
    app = graph(checkpointer=InMemorySaver())

    def identity(config: dict[str, Any], context: Any = None) -> Any:
        launch = prepare(app, {}, config, context=context)
        assert launch.identity is not None
        return launch.identity()

    base = {"configurable": {"thread_id": "1", "user": "ada"}, "metadata": {"m": [1]}}
    other_place = {"configurable": {"thread_id": "2", "checkpoint_id": "c", "user": "ada"}, "metadata": {"m": [1]}}
    assert identity(base) == identity(other_place)
    assert identity(base) != identity({**base, "configurable": {"thread_id": "1", "user": "eve"}})
    assert identity(base) != identity({**base, "metadata": {"m": [2]}})
    assert identity(base) != identity(base, context={"k": 1})


def test_the_default_limit_comes_from_the_environment() -> None:
    code = "from actograph.pregel.config import _LIMIT; print(_LIMIT)"

    def limit(**environment: str) -> str:
        import os

        names = ("ACTOGRAPH_DEFAULT_RECURSION_LIMIT", "LANGGRAPH_DEFAULT_RECURSION_LIMIT")
        inherited = {key: value for key, value in os.environ.items() if key not in names}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env={**inherited, **environment}
        )
        return done.stdout.strip() or done.stderr

    both = {"ACTOGRAPH_DEFAULT_RECURSION_LIMIT": "7", "LANGGRAPH_DEFAULT_RECURSION_LIMIT": "8"}
    assert (limit(), limit(**both)) == ("10007", "7")
    assert limit(LANGGRAPH_DEFAULT_RECURSION_LIMIT="8") == "8"
    assert "ACTOGRAPH_DEFAULT_RECURSION_LIMIT must be a number" in limit(ACTOGRAPH_DEFAULT_RECURSION_LIMIT="many")


def test_context_is_made_what_its_schema_says() -> None:
    pydantic = pytest.importorskip("pydantic")

    @dataclass
    class Data:
        user: str
        level: int = 0

    class Model(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        level: int = 0

    class Typed(TypedDict):
        user: str

    def app(schema: Any) -> Any:
        def node(state: State, runtime: Runtime[Any]) -> dict[str, Any]:
            return {"log": [runtime.context]}

        return StateGraph(State, context_schema=schema).add_node("n", node).add_edge(START, "n").compile()

    for schema, given, expected in (
        (Data, {"user": "ada"}, Data("ada")),
        (Data, Data("eve"), Data("eve")),
        (Data, None, None),
        (Data, 5, 5),
        (Model, {"level": "3"}, Model(level=3)),
        (Typed, {"user": "ada"}, {"user": "ada"}),
        (None, {"user": "ada"}, {"user": "ada"}),
    ):
        assert app(schema).invoke({}, context=given) == {"log": [expected]}
    with pytest.raises(TypeError, match="nobody"):
        app(Data).invoke({}, context={"nobody": 1})
    with pytest.raises(pydantic.ValidationError):
        app(Model).invoke({}, context={"level": "high"})


def test_a_graph_in_a_node_takes_over_its_caller_s_config() -> None:
    seen: list[Any] = []

    def look(state: State, runtime: Runtime[Any]) -> dict[str, Any]:
        config = get_config()
        seen.append(
            (config["metadata"]["langgraph_node"], config["configurable"].get("user"), config["metadata"].get("m"))
        )
        return {"log": [runtime.context]}

    inner = graph(look)
    passes_on: list[Any] = [
        lambda state: inner.invoke({}),
        lambda state, config: inner.invoke({}, config),
        lambda state: inner.invoke({}, {"configurable": {"user": "eve"}}),
    ]
    run = {"configurable": {"user": "ada", "thread_id": "outer"}, "metadata": {"m": 1}}
    for node in passes_on:
        outer = graph(node)
        assert outer.invoke({}, run, context="ctx") == {"log": ["ctx"]}
        assert asyncio.run(outer.ainvoke({}, run, context="ctx")) == {"log": ["ctx"]}
    assert seen == [("n", "ada", 1)] * 4 + [("n", "eve", 1)] * 2


def test_a_graph_in_a_node_keeps_its_own_thread_and_not_its_caller_s() -> None:
    saver = InMemorySaver()
    inner = graph(checkpointer=saver)
    own = {"configurable": {"thread_id": "inner"}}
    calls: list[tuple[Any, list[str]]] = [
        (lambda state: inner.invoke({}), []),
        (lambda state, config: inner.invoke({}, config), []),
        (lambda state: inner.invoke({}, own), ["inner"]),
    ]
    for node, threads in calls:
        outer = graph(node, checkpointer=InMemorySaver())
        config = {"configurable": {"thread_id": "outer"}}
        assert outer.invoke({}, config)["log"] == ["n"]
        assert sorted({found.config["configurable"]["thread_id"] for found in saver.list(None)}) == threads
        assert [snapshot.metadata["source"] for snapshot in outer.get_state_history(config)] == [
            "loop",
            "loop",
            "input",
        ]
    assert inner.get_state(own).values == {"log": ["n"]}
    shared = graph(lambda state: graph(checkpointer=saver).invoke({}, THREAD), checkpointer=saver)
    shared.invoke({}, THREAD)
    assert len(list(shared.get_state_history(THREAD))) == 3, "its caller's thread in its caller's saver is not its own"


def test_a_graph_with_a_saver_is_a_part_of_the_run_it_is_called_in_and_kept_as_that_is() -> None:
    saver = InMemorySaver()
    inner = graph(checkpointer=saver)
    assert graph(lambda state: inner.invoke({})).invoke({})["log"] == ["n"]
    assert list(saver.list(None)) == []
