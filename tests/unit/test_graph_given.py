"""What nodes read of the state, and what else they are given."""

from __future__ import annotations

import asyncio
import functools
import operator
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

import pytest

from actograph.config import RunnableConfig, get_config, get_store, get_stream_writer
from actograph.graph import END, START, StateGraph
from actograph.managed import IsLastStep, RemainingSteps
from actograph.runtime import ExecutionInfo, RunControl, Runtime, get_runtime
from actograph.types import Command, RetryPolicy, Send
from tests.unit.graph_kit import State, both_ways, graph

# -- what nodes read -----------------------------------------------------------------------------------------------------------------


def test_a_node_reads_its_own_schema() -> None:
    class Private(TypedDict):
        secret: int

    def reads(state: Private) -> dict[str, Any]:
        return {"log": [dict(state)]}

    builder = StateGraph(State).add_node("a", lambda state: {"secret": 5}).add_node(reads)
    builder.add_edge(START, "a").add_edge("a", "reads")
    assert both_ways(builder.compile(), {"x": 1}) == {"x": 1, "log": [{"secret": 5}]}


def test_a_dataclass_state_has_its_defaults() -> None:
    @dataclass
    class Whole:
        x: int
        y: int = 7
        log: Annotated[list[Any], operator.add] = field(default_factory=list)

    def node(state: Whole) -> dict[str, Any]:
        return {"log": [(state.x, state.y)]}

    def router(state: Whole) -> str:
        assert isinstance(state, Whole)
        return END

    app = StateGraph(Whole).add_node(node).add_edge(START, "node").add_conditional_edges("node", router).compile()
    assert both_ways(app, {"x": 1}) == {"x": 1, "log": [(1, 7)]}
    with pytest.raises(TypeError, match="'x'"):
        app.invoke({})


def test_a_pydantic_state_is_checked_on_the_way_in() -> None:
    pydantic = pytest.importorskip("pydantic")

    class Model(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        x: int
        y: int = 7
        z: int | None = None

    app = StateGraph(Model).add_node("n", lambda state: {"x": state.x + state.y}).add_edge(START, "n").compile()
    assert both_ways(app, {"x": "1"}) == {"x": 8}
    assert both_ways(app, Model(x=1)) == {"x": 8, "y": 7}
    with pytest.raises(pydantic.ValidationError):
        app.invoke({"x": "no number"})


def test_managed_values_count_the_steps() -> None:
    @dataclass
    class Counted:
        seen: Annotated[list[Any], operator.add]
        remaining: RemainingSteps
        last: IsLastStep

    class CountedDict(TypedDict):
        seen: Annotated[list[Any], operator.add]
        remaining: RemainingSteps
        last: IsLastStep

    def look(state: Any) -> dict[str, Any]:
        get = state.get if isinstance(state, dict) else functools.partial(getattr, state)
        return {"seen": [(get("remaining"), get("last"))], "remaining": 99}

    def router(state: Any) -> str:
        remaining = state["remaining"] if isinstance(state, dict) else state.remaining
        return END if remaining <= 2 else "look"

    for schema in (Counted, CountedDict):
        app = StateGraph(schema).add_node(look).add_edge(START, "look").add_conditional_edges("look", router).compile()
        seen = both_ways(app, {"seen": []}, config={"recursion_limit": 4})
        assert seen == {"seen": [(3, False), (2, False)]}, schema
    sent = StateGraph(CountedDict).add_node("n", lambda state: {"seen": [state]})
    sent.add_conditional_edges(START, lambda state: Send("n", {"x": 1}))
    assert sent.compile().invoke({"seen": []}) == {"seen": [{"x": 1}]}, "a Send's argument is left as it is"


def test_whole_states() -> None:
    def app(schema: Any, *nodes: Any) -> Any:
        names = [(f"n{index}", node) for index, node in enumerate(nodes)]
        return StateGraph(schema).add_sequence(names).add_edge(START, "n0").compile()

    numbers = Annotated[list[int], operator.add]
    assert both_ways(app(numbers, lambda state: [len(state)], lambda state: None), [5]) == [5, 1]
    assert both_ways(app(numbers, lambda state: Command(update=[6])), [5]) == [5, 6]
    assert both_ways(app(int, lambda state: state + 1, lambda state: state * 2), 4) == 10
    assert both_ways(app(dict, lambda state: {"r": len(state)}), {"q": 1, "p": 2}) == {"r": 2}
    routed = StateGraph(int).add_node("n", lambda state: state + 1).add_edge(START, "n")
    routed.add_conditional_edges("n", lambda state: "n" if state < 5 else END)
    assert both_ways(routed.compile(), 0) == 5


# -- what nodes are given ------------------------------------------------------------------------------------------------------------


def test_nodes_are_given_what_they_ask_for() -> None:
    seen: dict[str, Any] = {}

    def note(name: str, **given: Any) -> dict[str, Any]:
        seen[name] = given
        return {}

    def several(state: State, runtime: Runtime[str], *, writer: Any, config: RunnableConfig, extra: int = 3) -> Any:
        return note("several", runtime=runtime.context, extra=extra, user=config["configurable"]["user"], writer=writer)

    def one(state: State, config=None) -> Any:  # type: ignore[no-untyped-def]
        return note("one", node=config["metadata"]["langgraph_node"])

    def not_config(state: State, config: int = 5) -> Any:
        return note("not_config", config=config)

    def nothing(state: State, **others: Any) -> Any:
        return note("nothing", others=others)

    class Callable:
        async def __call__(self, state: State, store: Any, previous: Any) -> Any:
            return note("Callable", store=store, previous=previous)

    partial = functools.partial(lambda fixed, state, runtime: note("partial", fixed=fixed, context=runtime.context), 9)
    builder = StateGraph(State)
    builder.add_sequence([several, one, not_config, nothing, Callable(), ("partial", partial), ("builtin", dict)])
    app = builder.add_edge(START, "several").compile(store="the store")
    app.invoke({"x": 1}, {"configurable": {"user": "ada"}}, context="ctx")
    assert callable(seen["several"].pop("writer"))
    assert seen == {
        "several": {"runtime": "ctx", "extra": 3, "user": "ada"},
        "one": {"node": "one"},
        "not_config": {"config": 5},
        "nothing": {"others": {}},
        "Callable": {"store": "the store", "previous": None},
        "partial": {"fixed": 9, "context": "ctx"},
    }


def test_the_config_of_a_node() -> None:
    seen: list[Any] = []

    def look(state: State, config: RunnableConfig) -> None:
        assert get_config() is config
        seen.append(config)
        config["configurable"]["changed"] = True
        config["metadata"]["changed"] = True

    builder = StateGraph(State).add_node("look", look, metadata={"owner": "desk"}).add_node("then", look)
    app = builder.add_edge(START, "look").add_edge("look", "then").compile()
    given = {
        "configurable": {"thread_id": 5, "user": "ada"},
        "metadata": {"m": 1},
        "tags": ["t"],
        "run_name": "r",
        "run_id": "i",
        "recursion_limit": 9,
    }
    app.invoke({"x": 1}, given)
    first, second = seen
    namespace = first["metadata"]["langgraph_checkpoint_ns"]
    assert namespace.startswith("look:")
    assert first["metadata"] == {
        "m": 1,
        "thread_id": 5,
        "owner": "desk",
        "langgraph_step": 1,
        "langgraph_node": "look",
        "langgraph_triggers": ("branch:to:look",),
        "langgraph_path": ("__pregel_pull", "look"),
        "langgraph_checkpoint_ns": namespace,
        "changed": True,
    }
    runtime = first["configurable"].pop("__pregel_runtime")
    assert runtime.execution_info.run_id == "i"
    assert first["configurable"] == {
        "thread_id": 5,
        "user": "ada",
        "checkpoint_id": None,
        "checkpoint_ns": namespace,
        "checkpoint_map": {"": runtime.execution_info.checkpoint_id},
        "changed": True,
    }
    assert set(first) == {"configurable", "metadata", "tags", "recursion_limit", "callbacks"}
    assert second["metadata"]["langgraph_node"] == "then"
    assert "owner" not in second["metadata"]
    assert "changed" not in given["configurable"]  # type: ignore[operator]


def test_the_runtime_of_a_node() -> None:
    seen: list[Any] = []
    failures = [RuntimeError("again")]

    def node(state: State, runtime: Runtime[Any]) -> None:
        assert get_runtime() is runtime
        seen.append(runtime.execution_info)
        if failures:
            raise failures.pop()
        assert runtime == Runtime(
            context={"k": 1},
            stream_writer=runtime.stream_writer,
            heartbeat=runtime.heartbeat,
            execution_info=runtime.execution_info,
            control=runtime.control,
        )
        other = runtime.override(context="other")
        assert (other.context, other.execution_info) == ("other", runtime.execution_info)
        with pytest.raises(AttributeError, match="'Runtime' object has no attribute 'nothing'"):
            runtime.nothing  # type: ignore[attr-defined]  # noqa: B018

    policy = RetryPolicy(initial_interval=0.001, jitter=False, retry_on=RuntimeError)
    graph(node, retry_policy=policy).invoke({"x": 1}, context={"k": 1})
    first, second = seen
    assert (first.node_attempt, second.node_attempt) == (1, 2)
    assert first.node_first_attempt_time == second.node_first_attempt_time
    assert (first.task_id, first.checkpoint_ns) == (second.task_id, f"a:{first.task_id}")


def test_runtimes_of_one_s_own() -> None:
    runtime: Runtime[Any] = Runtime()
    runtime.stream_writer("nobody reads")
    runtime.heartbeat()
    with pytest.raises(RuntimeError, match="no execution_info"):
        runtime.patch_execution_info(node_attempt=2)
    info = ExecutionInfo("c", "ns", "t")
    full = runtime.merge(Runtime(context=1, execution_info=info)).patch_execution_info(node_attempt=2)
    assert full == Runtime(context=1, execution_info=info.patch(node_attempt=2))
    control = RunControl()
    assert not Runtime(control=control).drain_requested
    control.request_drain()
    control.request_drain("later")
    assert (Runtime(control=control).drain_requested, Runtime(control=control).drain_reason) == (True, "later")


def test_accessors_work_in_helpers_and_threads_and_only_there() -> None:
    def helper() -> Any:
        get_stream_writer()("chunk")
        return [get_config()["metadata"]["langgraph_node"], get_runtime().context, get_store()]

    def node(state: State) -> Any:
        import contextvars

        found: list[Any] = []
        context = contextvars.copy_context()
        thread = threading.Thread(target=lambda: found.extend(context.run(helper)))
        thread.start()
        thread.join()
        return {"log": [helper(), found]}

    app = graph(node)
    expected = [["a", "ctx", None], ["a", "ctx", None]]
    assert both_ways(app, {}, context="ctx") == {"log": expected}
    chunks = list(app.stream({}, context="ctx", stream_mode="custom"))
    assert chunks == ["chunk", "chunk"]
    accessors: list[Callable[[], Any]] = [get_config, get_store, get_stream_writer, get_runtime]
    for accessor in accessors:
        with pytest.raises(RuntimeError, match=accessor.__name__):
            accessor()


def test_objects_with_invoke_are_nodes_and_routers() -> None:
    class Runnable:
        name = "runnable"

        def invoke(self, value: Any, config: Any) -> Any:
            return {"log": [f"sync {config['metadata']['langgraph_node']}"]}

    class AsyncRunnable(Runnable):
        async def ainvoke(self, value: Any, config: Any) -> Any:
            await asyncio.sleep(0)
            return {"log": [f"async {config['metadata']['langgraph_node']}"]}

    class Router:
        def invoke(self, value: Any, config: Any) -> Any:
            return "other"

    builder = StateGraph(State).add_node(Runnable()).add_node("other", AsyncRunnable())
    builder.add_edge(START, "runnable").add_conditional_edges("runnable", Router())
    app = builder.compile()
    # As the graph is called, so is what has both forms.
    assert app.invoke({}) == {"log": ["sync runnable", "sync other"]}
    assert asyncio.run(app.ainvoke({})) == {"log": ["sync runnable", "async other"]}
    nested = StateGraph(State).add_node("graph", builder.compile()).add_edge(START, "graph").compile()
    assert nested.invoke({}) == {"log": ["sync runnable", "sync other"]}
    assert asyncio.run(nested.ainvoke({})) == {"log": ["sync runnable", "async other"]}
