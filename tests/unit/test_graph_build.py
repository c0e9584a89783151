"""The builder: what it refuses, and what it makes of what it is given."""

from __future__ import annotations

import functools
import logging
import operator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest

from actograph.channels import BinaryOperatorAggregate, EphemeralValue, LastValue, NamedBarrierValue, UntrackedValue
from actograph.channels.last_value import LastValueAfterFinish
from actograph.channels.named_barrier_value import NamedBarrierValueAfterFinish
from actograph.graph import END, START, StateGraph
from actograph.graph.schema import Schema
from actograph.graph.state import CompiledStateGraph
from actograph.managed import IsLastStep, RemainingSteps
from actograph.types import Command, RetryPolicy


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def step(state: State) -> dict[str, Any]:
    return {"log": ["step"]}


async def astep(state: State) -> dict[str, Any]:
    return {"log": ["astep"]}


def builder(*names: str) -> StateGraph[State]:
    made = StateGraph(State)
    for name in names:
        made.add_node(name, step)
    return made


# -- schemas -------------------------------------------------------------------------------------------------------------------------


def test_a_key_is_a_channel() -> None:
    class Keys(TypedDict):
        plain: int
        reduced: Annotated[list[int], operator.add]
        optional: NotRequired[Annotated[list[int], operator.add]]
        instance: Annotated[int, EphemeralValue(int)]
        kind: Annotated[int, UntrackedValue]
        noted: Annotated[int, "a note"]
        builtin: Annotated[int, max]
        steps: RemainingSteps

    made = Schema(Keys)
    kinds = {key: type(channel) for key, channel in made.channels.items()}
    assert kinds == {
        "plain": LastValue,
        "reduced": BinaryOperatorAggregate,
        "optional": BinaryOperatorAggregate,
        "instance": EphemeralValue,
        "kind": UntrackedValue,
        "noted": LastValue,
        "builtin": BinaryOperatorAggregate,
    }
    assert list(made.managed) == ["steps"]


@pytest.mark.parametrize(
    "reducer", [lambda left: left, lambda a, b, c: a, lambda *both: both[0], lambda a, b, c=1: a, lambda a, *, key: a]
)
def test_a_reducer_takes_two_arguments(reducer: Any) -> None:
    Wrong = TypedDict("Wrong", {"total": Annotated[int, reducer]})  # noqa: UP013
    with pytest.raises(ValueError, match=r"'total'.*two arguments"):
        StateGraph(Wrong)


def test_a_reducer_may_have_keyword_options() -> None:
    def reducer(left: int, right: int, *, scale: int = 1) -> int:
        return left + right * scale

    Right = TypedDict("Right", {"total": Annotated[int, reducer]})  # noqa: UP013
    assert type(StateGraph(Right).channels["total"]) is BinaryOperatorAggregate


def test_schemas_must_agree_about_a_key() -> None:
    class Other(TypedDict):
        x: Annotated[int, operator.add]

    with pytest.raises(ValueError, match="'x' is declared twice"):
        StateGraph(State, input_schema=Other)
    # A plain key says nothing about how writes are joined.
    assert type(StateGraph(Other, input_schema=State).channels["x"]) is BinaryOperatorAggregate


def test_managed_values_are_no_input() -> None:
    class Managed(TypedDict):
        last: IsLastStep

    with pytest.raises(ValueError, match=r"input schema Managed .* last"):
        StateGraph(State, input_schema=Managed)
    with pytest.raises(ValueError, match=r"output schema Managed .* last"):
        StateGraph(State, output_schema=Managed)


def test_annotations_may_name_classes_of_a_function() -> None:
    class Inner(TypedDict):
        local: Annotated[list[Nested], operator.add]

    @dataclass
    class Nested:
        n: int = 0

    def node(state: Private) -> dict[str, Any]:
        return {"local": [Nested(state["private"])]}

    class Private(TypedDict):
        private: int

    made = StateGraph(Inner).add_node(node)
    assert list(made.channels) == ["local", "private"]
    made.add_edge(START, "node")

    class Input(TypedDict):
        private: int

    made = StateGraph(Inner, input_schema=Input).add_node(node).add_edge(START, "node")
    assert made.compile().invoke({"private": 3}) == {"local": [Nested(3)]}


def test_an_annotation_that_names_nothing_is_an_error() -> None:
    class Unknown(TypedDict):
        x: Nowhere  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(NameError, match="Nowhere"):
        StateGraph(Unknown)


def test_a_schema_that_is_no_class_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="annotated keys"):
        StateGraph(5)  # type: ignore[arg-type]


def test_earlier_names_of_parameters() -> None:
    class Less(TypedDict):
        x: int

    with pytest.warns(DeprecationWarning, match="input_schema"):
        made = StateGraph(State, input=Less)
    assert made.input_schema is Less
    with pytest.warns(DeprecationWarning, match="retry_policy"):
        made.add_node("a", step, retry=RetryPolicy(max_attempts=2))
    assert made.nodes["a"].retry_policy == (RetryPolicy(max_attempts=2),)
    with pytest.raises(TypeError, match="'nonsense'"):
        StateGraph(State, nonsense=1)


def test_type_parameters_may_be_left_out_at_run_time() -> None:
    for made in (StateGraph[State], StateGraph[State, None], StateGraph[State, None, State, State]):
        assert made.__origin__ is StateGraph  # type: ignore[attr-defined]


# -- nodes ---------------------------------------------------------------------------------------------------------------------------


def test_names_of_nodes() -> None:
    class Callable:
        def __call__(self, state: State) -> None: ...

        def method(self, state: State) -> None: ...

    made = StateGraph(State).add_node(step).add_node(Callable()).add_node(Callable().method)
    made.add_node(functools.partial(step)).add_node(lambda state: None)
    assert list(made.nodes) == ["step", "Callable", "method", "partial", "<lambda>"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((START, step), ValueError, "reserved"),
        ((END, step), ValueError, "reserved"),
        (("a|b", step), ValueError, r"'\|'"),
        (("a:b", step), ValueError, "':'"),
        (("a", None), RuntimeError, "'a' has no action"),
        ((None, step), RuntimeError, "NoneType"),
        (("a", 5), TypeError, "int"),
        ((5,), TypeError, "int"),
    ],
)
def test_nodes_that_are_refused(arguments: Any, error: type[Exception], message: str) -> None:
    made = StateGraph(State)
    with pytest.raises(error, match=message):
        made.add_node(*arguments)
    assert not made.nodes


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="'a' already"):
        builder("a").add_node("a", step)


def test_the_input_schema_is_the_annotation_of_the_first_parameter() -> None:
    class Less(TypedDict):
        x: int

    def less(state: Less) -> None: ...

    def bare(state) -> None: ...  # type: ignore[no-untyped-def]

    def plain_dict(state: dict[str, Any]) -> None: ...

    made = StateGraph(State).add_node(less).add_node(bare).add_node(plain_dict)
    made.add_node("given", less, input_schema=State)
    assert {name: spec.input_schema for name, spec in made.nodes.items()} == {
        "less": Less,
        "bare": State,
        "plain_dict": State,
        "given": State,
    }


def test_destinations_of_commands() -> None:
    def jump(state: State) -> Command[Literal["a", "__end__"]]:
        return Command(goto="a")

    def jump_or_not(state: State) -> Command[Literal["a"]] | dict[str, Any]:
        return {}

    made = builder("a").add_node(jump).add_node(jump_or_not).add_node("given", step, destinations=("a",))
    assert [made.nodes[name].ends for name in ("jump", "jump_or_not", "given", "a")] == [("a", END), ("a",), ("a",), ()]
    with pytest.raises(ValueError, match=r"'lost'.*'zz'"):
        builder("a").add_node("lost", step, destinations=("zz",)).add_edge(START, "a").compile()


def test_timeouts_are_for_async_nodes() -> None:
    with pytest.raises(ValueError, match=r"'a' is sync"):
        StateGraph(State).add_node("a", step, timeout=1).add_edge(START, "a").compile()
    with pytest.raises(ValueError, match="above 0"):
        StateGraph(State).add_node("a", astep, timeout=0).add_edge(START, "a").compile()
    with pytest.raises(ValueError, match=r"'a' is sync"):
        builder("a").set_node_defaults(timeout=1).add_edge(START, "a").compile()


@pytest.mark.parametrize("retry_on", [5, (ValueError, 5)])
def test_a_retry_policy_that_matches_nothing(retry_on: Any) -> None:
    made = StateGraph(State).add_node("a", step, retry_policy=RetryPolicy(retry_on=retry_on)).add_edge(START, "a")
    with pytest.raises(TypeError):
        made.compile()


# -- edges and compile ---------------------------------------------------------------------------------------------------------------


def test_edges_that_are_refused_at_once() -> None:
    for start, end, message in (
        ("a", START, "START"),
        (END, "a", "END"),
        (["a", "zz"], "a", "'zz'"),
        ([START, "a"], "a", "'__start__'"),
        (["a", END], "a", "END"),
        (["a"], "zz", "'zz'"),
        ([], "a", "no node"),
    ):
        with pytest.raises(ValueError, match=message):
            builder("a").add_edge(start, end)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="END"):
        builder("a").add_conditional_edges(END, lambda state: "a")


def test_edges_that_are_refused_at_compile() -> None:
    def router(state: State) -> Literal["a", "zz"]:
        return "a"

    for made, message in (
        (builder(), "no entry"),
        (builder("a"), "no entry"),
        (builder("a", "b").add_edge("a", "b"), "no entry"),
        (builder("a").add_edge(START, "a").add_edge("a", "zz"), "'a' leads to 'zz'"),
        (builder("a").add_edge(START, "a").add_edge("zz", "a"), "leaves 'zz'"),
        (builder("a").add_edge(START, "a").add_conditional_edges("zz", lambda state: "a"), "leaves 'zz'"),
        (builder("a").add_edge(START, "a").add_conditional_edges("a", lambda state: "a", ["zz"]), "'a'.*'zz'"),
        (builder("a").add_edge(START, "a").add_conditional_edges("a", router), "'router' of 'a'.*'zz'"),
    ):
        with pytest.raises(ValueError, match=message):
            made.compile()
    for option in ("interrupt_before", "interrupt_after"):
        with pytest.raises(ValueError, match="breakpoint at 'zz'"):
            builder("a").add_edge(START, "a").compile(**{option: ["zz"]})
    with pytest.raises(TypeError, match="int"):
        builder("a").add_edge(START, "a").compile(checkpointer=5)  # type: ignore[arg-type]


def test_a_router_is_added_once() -> None:
    def router(state: State) -> str:
        return "a"

    made = builder("a").add_conditional_edges("a", router)
    with pytest.raises(ValueError, match=r"'a' has a router 'router'"):
        made.add_conditional_edges("a", router)


def test_sequences() -> None:
    made = StateGraph(State).add_sequence([("a", step), astep, ("c", step)])
    assert made.edges == {("a", "astep"), ("astep", "c")}
    with pytest.raises(ValueError, match="at least one"):
        StateGraph(State).add_sequence([])


def test_the_plan_has_langgraphs_names() -> None:
    made = builder("a", "b", "c").add_node("last", step, defer=True)
    made.add_edge(START, "a").add_edge(["a", "b"], "c").add_edge(["b", "c"], "last")
    plan = made.compile(name="named", interrupt_before=["b"], interrupt_after="*").plan
    assert plan.name == "named"
    kinds = {key: type(channel) for key, channel in plan.channels.items() if not key.startswith("__pregel")}
    assert kinds == {
        "x": LastValue,
        "log": BinaryOperatorAggregate,
        "__start__": EphemeralValue,
        "branch:to:a": EphemeralValue,
        "branch:to:b": EphemeralValue,
        "branch:to:c": EphemeralValue,
        "branch:to:last": LastValueAfterFinish,
        "join:a+b:c": NamedBarrierValue,
        "join:b+c:last": NamedBarrierValueAfterFinish,
    }
    assert plan.nodes["c"].triggers == ("branch:to:c", "join:a+b:c")
    assert list(plan.nodes) == ["__start__", "a", "b", "c", "last"]
    assert plan.nodes["__start__"].hidden
    assert (plan.input_channels, plan.output_channels) == ("__start__", ["x", "log"])
    assert (plan.interrupt_before, plan.interrupt_after) == (frozenset({"b"}), "*")


def test_segments_are_as_few_as_can_be() -> None:
    def sync_router(state: State) -> str:
        return END

    async def async_router(state: State) -> str:
        return END

    def kinds(node: Any, *routers: Any) -> list[bool]:
        made = StateGraph(State).add_node("a", node).add_edge(START, "a")
        for router in routers:
            made.add_conditional_edges("a", router)
        return [segment.blocking for segment in made.compile().plan.nodes["a"].segments]

    assert kinds(step) == [True]
    assert kinds(astep) == [False]
    assert kinds(step, sync_router) == [True]
    assert kinds(astep, async_router) == [False]
    assert kinds(astep, sync_router) == [False, True]
    assert kinds(step, async_router) == [True, False]
    assert kinds(step, sync_router, async_router) == [True, False]


def test_a_compiled_graph_does_not_see_later_changes(caplog: pytest.LogCaptureFixture) -> None:
    made = builder("a").add_edge(START, "a")
    first = made.compile()
    assert isinstance(first, CompiledStateGraph)
    assert first.builder is made
    assert first.stream_mode == "updates"
    with caplog.at_level(logging.WARNING, "actograph"):
        made.add_node("b", step).add_edge("a", "b")
    assert len(caplog.records) == 2
    assert first.invoke({})["log"] == ["step"]
    assert made.compile().invoke({})["log"] == ["step", "step"]


def test_savers_learn_the_declared_types() -> None:
    from actograph.checkpoint.base import BaseCheckpointSaver

    class Saver(BaseCheckpointSaver[int]):
        def join_types(self, types: Any) -> None:
            self.types = types

    @dataclass
    class Item:
        n: int = 0

    @dataclass
    class Data:
        items: Annotated[list[Item], operator.add] = field(default_factory=list)

    @dataclass
    class Sent:
        item: Item = field(default_factory=Item)

    def node(state: Sent) -> None: ...

    saver = Saver()
    StateGraph(Data).add_node(node).add_edge(START, "node").compile(checkpointer=saver)
    assert saver.types["items"] == list[Item]
    assert saver.types["item"] is Item
    assert saver.types["__start__"] is Data
    assert saver.types["__pregel_tasks"] == (Sent,)


def test_the_import_is_light() -> None:
    import subprocess
    import sys

    code = "import sys, actograph.graph; print([m for m in ('pydantic', 'langchain_core') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
