"""Nodes as they run: what they are given, what they may return, how routers and limits behave."""

from __future__ import annotations

import asyncio
import functools
import logging
import operator
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, TypedDict

import msgspec
import pytest

from actograph.config import RunnableConfig, get_config, get_store, get_stream_writer
from actograph.errors import InvalidUpdateError, NodeTimeoutError, ParentCommand
from actograph.graph import END, START, StateGraph
from actograph.managed import IsLastStep, RemainingSteps
from actograph.runtime import ExecutionInfo, RunControl, Runtime, get_runtime
from actograph.types import Command, Overwrite, RetryPolicy, Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


def graph(node: Any, *more: Any, **options: Any) -> Any:
    builder = StateGraph(State).add_node("a", node, **options)
    for name in ("b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state.get('x')}"]})
    builder.add_edge(START, "a")
    for router in more:
        builder.add_conditional_edges("a", router)
    return builder.compile()


def both_ways(app: Any, given: Any, **options: Any) -> Any:
    """The result of `invoke`, which `ainvoke` has to match."""
    result = app.invoke(given, **options)
    assert asyncio.run(app.ainvoke(given, **options)) == result
    return result


# -- results of nodes ----------------------------------------------------------------------------------------------------------------


class Point(NamedTuple):
    x: int


class Struct(msgspec.Struct):
    x: int
    log: list[str] = []


@dataclass
class Data:
    x: int
    log: list[str] = field(default_factory=lambda: ["data"])


class Loose:
    x: int
    missing: int

    def __init__(self) -> None:
        self.x = 7


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, {"x": 0, "log": []}),
        ({}, {"x": 0, "log": []}),
        ({"x": 1, "unknown": 2}, {"x": 1, "log": []}),
        ({"x": None}, {"x": None, "log": []}),
        (Command(), {"x": 0, "log": []}),
        (Command(update={"x": 1}), {"x": 1, "log": []}),
        (Command(update=[("x", 1), ("log", ["p"])]), {"x": 1, "log": ["p"]}),
        (Command(update=Data(4)), {"x": 4, "log": ["data"]}),
        (Command(update=5), {"x": 0, "log": []}),
        (Command(goto="b"), {"x": 0, "log": ["b0"]}),
        (Command(goto=END), {"x": 0, "log": []}),
        (Command(goto=["b", END, "c"]), {"x": 0, "log": ["b0", "c0"]}),
        (Command(goto=["b", "b"]), {"x": 0, "log": ["b0"]}),
        (Command(goto=Send("b", {"x": 9})), {"x": 0, "log": ["b9"]}),
        (Command(goto=[Send("b", {"x": 9}), "b"], update={"x": 1}), {"x": 1, "log": ["b1", "b9"]}),
        ([Command(update={"x": 3}, goto="c"), {"log": ["l"]}, None], {"x": 3, "log": ["l", "c3"]}),
        ((Command(update={"x": 3}), {"log": ["t"]}), {"x": 3, "log": ["t"]}),
        (Point(4), {"x": 4, "log": []}),
        (Struct(4), {"x": 4, "log": []}),
        (Data(4), {"x": 4, "log": ["data"]}),
        (Loose(), {"x": 7, "log": []}),
        ({"log": Overwrite(["only"])}, {"x": 0, "log": ["only"]}),
    ],
)
def test_what_a_node_may_return(result: Any, expected: Any) -> None:
    async def node(state: State) -> Any:
        return result

    assert both_ways(graph(lambda state: result), {"x": 0}) == expected
    assert both_ways(graph(node), {"x": 0}) == expected


@pytest.mark.parametrize("result", [5, "text", [1], [], [{}], (None,), object(), Send("b", {}), {1, 2}])
def test_what_a_node_may_not_return(result: Any) -> None:
    with pytest.raises(InvalidUpdateError, match=r"node 'a' returned .* expected a dict") as caught:
        graph(lambda state: result).invoke({"x": 0})
    assert type(result).__name__ in str(caught.value)
    assert "INVALID_GRAPH_NODE_RETURN_VALUE" in str(caught.value)


def test_a_forgotten_await_is_named() -> None:
    async def inner() -> dict[str, Any]:
        return {}

    with pytest.raises(InvalidUpdateError, match="returned a coroutine: make it `async def`"):
        graph(lambda state: inner()).invoke({})

    async def router(state: State) -> str:
        return END

    with pytest.raises(ValueError, match="router '<lambda>' of 'a'"):
        graph(lambda state: {}, lambda state: router(state)).invoke({})


def test_a_goto_must_be_a_place() -> None:
    for goto in (None, 5):
        with pytest.raises(TypeError, match="node 'a'"):
            graph(lambda state, goto=goto: Command(goto=goto)).invoke({})


def test_unknown_places_are_logged_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    for goto in ("nowhere", START, [None], Send("nowhere", {})):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "actograph"):
            assert graph(lambda state, goto=goto: Command(goto=goto)).invoke({"x": 0}) == {"x": 0, "log": []}
        assert "node 'a' goes to" in caplog.text


def test_a_command_for_a_parent_leaves_the_root() -> None:
    command = Command(graph=Command.PARENT, update={"x": 1})
    attempts = []

    def node(state: State) -> Any:
        attempts.append(1)
        return command

    for make in (lambda: node, lambda: lambda state: [node(state), {}]):
        with pytest.raises(ParentCommand) as caught:
            graph(make(), retry_policy=RetryPolicy(initial_interval=0.001, retry_on=Exception)).invoke({"x": 0})
        assert caught.value.args[0] == command
    assert len(attempts) == 2, "it is no failure, so it is not tried again"
    with pytest.raises(InvalidUpdateError, match="no parent graph"):
        graph(lambda state: {}).invoke(command)


# -- input ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [5, "text", [("x", 1)], [1]])
def test_an_input_must_be_a_state(given: Any) -> None:
    with pytest.raises(InvalidUpdateError, match=rf"dict .* of type {type(given).__name__}"):
        graph(lambda state: {}).invoke(given)


def test_forms_of_input() -> None:
    app = graph(lambda state: {"log": [sorted(state)]})
    assert both_ways(app, {"zzz": 1}) == {"log": [["log"]]}
    assert both_ways(app, Data(3)) == {"x": 3, "log": ["data", ["log", "x"]]}
    assert both_ways(app, Command(update={"x": 3})) == {"x": 3, "log": [["log", "x"]]}
    assert both_ways(app, [Command(update={"x": 3}), {"log": ["in"]}]) == {"x": 3, "log": ["in", ["log", "x"]]}


def test_a_router_at_the_start_sees_the_input() -> None:
    class Private(TypedDict):
        kept: int

    class Input(TypedDict):
        x: int

    def first(state: State) -> list[str]:
        return ["a"] if state == {"x": 1, "log": []} else ["b"]

    builder = StateGraph(State, input_schema=Input).add_node("a", lambda state: {"log": ["a"]})
    builder.add_node("b", lambda state: {"log": ["b"]}).set_conditional_entry_point(first)
    assert both_ways(builder.compile(), {"x": 1, "log": ["dropped"], "kept": 1}) == {"x": 1, "log": ["a"]}
    assert both_ways(builder.compile(), {"x": 2}) == {"x": 2, "log": ["b"]}

    async def afirst(state: State) -> str:
        return "b"

    builder.add_conditional_edges(START, afirst)
    assert both_ways(builder.compile(), {"x": 1}) == {"x": 1, "log": ["a", "b"]}


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
            execution_info=runtime.execution_info,
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
    assert (Runtime(control=control).drain_requested, Runtime(control=control).drain_reason) == (True, "shutdown")


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
    assert both_ways(builder.compile(), {}) == {"log": ["sync runnable", "async other"]}
    nested = StateGraph(State).add_node("graph", builder.compile()).add_edge(START, "graph").compile()
    assert both_ways(nested, {}) == {"log": ["sync runnable", "async other"]}


# -- routers -------------------------------------------------------------------------------------------------------------------------


def test_a_router_sees_its_own_task_s_writes_and_no_other_s() -> None:
    seen: dict[str, Any] = {}

    def router(state: State, config: RunnableConfig) -> str:
        seen[config["metadata"]["langgraph_node"]] = {**state}
        return END

    builder = StateGraph(State)
    for name in ("a", "b"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
        builder.add_edge(START, name).add_conditional_edges(name, router)
    assert both_ways(builder.compile(), {"x": 1, "log": ["in"]}) == {"x": 1, "log": ["in", "a", "b"]}
    assert seen == {"a": {"x": 1, "log": ["in", "a"]}, "b": {"x": 1, "log": ["in", "b"]}}


def test_a_reducer_that_changes_its_left_side_is_not_felt_twice() -> None:
    def extend(left: list[int], right: list[int]) -> list[int]:
        left.extend(right)
        return left

    InPlace = TypedDict("InPlace", {"log": Annotated[list[int], extend]})  # noqa: UP013
    builder = StateGraph(InPlace).add_node("a", lambda state: {"log": [1]}).add_edge(START, "a")
    app = builder.add_conditional_edges("a", lambda state: END).compile()
    assert both_ways(app, {"log": [0]}) == {"log": [0, 1]}


def test_a_router_may_have_a_schema_of_its_own() -> None:
    class Private(TypedDict):
        secret: int

    def router(state: Private) -> str:
        return "b" if state == {"secret": 4} else "c"

    assert both_ways(graph(lambda state: {"secret": 4}, router), {"x": 1}) == {"x": 1, "log": ["b1"]}


def test_routers_of_both_kinds_behind_nodes_of_both_kinds() -> None:
    async def anode(state: State) -> dict[str, Any]:
        return {"x": 2}

    async def to_b(state: State) -> str:
        return "b" if state["x"] == 2 else END

    def to_c(state: State) -> str:
        return "c" if state["x"] == 2 else END

    for node in (anode, lambda state: {"x": 2}):
        for routers in ((to_b, to_c), (to_c, to_b)):
            assert both_ways(graph(node, *routers), {"x": 1}) == {"x": 2, "log": ["b2", "c2"]}


def test_a_node_that_returns_nothing_before_a_router() -> None:
    assert both_ways(graph(lambda state: None, lambda state: "b"), {"x": 1, "log": ["in"]}) == {
        "x": 1,
        "log": ["in", "b1"],
    }


def test_routers_that_lead_nowhere() -> None:
    for result in (None, START, ["b", None]):
        with pytest.raises(ValueError, match="router '<lambda>' of 'a' returned"):
            graph(lambda state: {}, lambda state, result=result: result).invoke({})
    with pytest.raises(InvalidUpdateError, match="END"):
        graph(lambda state: {}, lambda state: Send(END, {})).invoke({})
    builder = StateGraph(State).add_node("a", lambda state: {}).add_edge(START, "a")
    builder.add_conditional_edges("a", lambda state: "elsewhere", {"here": "a"})
    with pytest.raises(KeyError, match="elsewhere"):
        builder.compile().invoke({})


def test_unknown_results_of_routers_are_logged_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    for result in ("nowhere", 5, True, Command(goto="b"), Send("nowhere", {})):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "actograph"):
            assert graph(lambda state: {}, lambda state, result=result: result).invoke({"x": 1}) == {"x": 1, "log": []}
        assert "router '<lambda>' of 'a' leads to" in caplog.text


# -- limits --------------------------------------------------------------------------------------------------------------------------


def test_a_node_out_of_time() -> None:
    stopped = []

    async def slow(state: State) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    with pytest.raises(NodeTimeoutError, match=r"'a' exceeded its run timeout of 0\.01") as caught:
        graph(slow, timeout=0.01).invoke({})
    assert (caught.value.kind, caught.value.run_timeout, stopped) == ("run", 0.01, [True])
    with pytest.raises(NodeTimeoutError):
        asyncio.run(graph(slow, timeout=0.01).ainvoke({}))


def test_a_timeout_of_the_node_s_own_is_its_own() -> None:
    async def node(state: State) -> None:
        async with asyncio.timeout(0.001):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError) as caught:
        graph(node, timeout=20).invoke({})
    assert not isinstance(caught.value, NodeTimeoutError)


def test_a_send_with_a_limit() -> None:
    async def slow(state: Any) -> dict[str, Any]:
        if state.get("wait"):
            await asyncio.Event().wait()
        return {"log": ["in time"]}

    def app(arg: Any) -> Any:
        builder = StateGraph(State).add_node("slow", slow)
        return builder.add_conditional_edges(START, lambda state: Send("slow", arg, timeout=0.02)).compile()

    assert app({}).invoke({}) == {"log": ["in time"]}
    with pytest.raises(NodeTimeoutError):
        app({"wait": True}).invoke({})


def test_a_limit_on_time_is_tried_again() -> None:
    attempts = []

    async def node(state: State) -> dict[str, Any]:
        attempts.append(1)
        if len(attempts) == 1:
            await asyncio.Event().wait()
        return {"log": ["done"]}

    app = graph(node, timeout=0.01, retry_policy=RetryPolicy(initial_interval=0.001, jitter=False))
    assert app.invoke({}) == {"log": ["done"]}
