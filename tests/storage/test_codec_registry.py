"""What a registry learns from a schema, types of optional libraries, and one codec in many threads."""

from __future__ import annotations

import array
import dataclasses
import enum
import ipaddress
import subprocess
import sys
import threading
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict
from zoneinfo import ZoneInfo

import msgspec
import pydantic
import pytest

from actograph.checkpoint.serde.codec import Codec
from actograph.checkpoint.serde.errors import DecodeError, UnserializableTypeError
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer
from actograph.checkpoint.serde.registry import BUILTINS, TypeRegistry
from tests.storage.test_codec import same
from tests.storage.test_codec_types import (
    Box,
    Color,
    Frozen,
    Number,
    Pair,
    Plain,
    Record,
    Strict,
    T,
    registered,
    samples,
    stored_object,
)

# Registry.


def test_a_custom_type() -> None:
    serde = JsonPlusSerializer()
    with pytest.raises(TypeError, match="encode= and decode="):
        serde.register_type(Plain)
    serde.register_type(
        Plain, name="plain", encode=lambda p: {"v": (p.value,)}, decode=lambda state: Plain(state["v"][0])
    )
    assert serde.loads_typed(serde.dumps_typed([Plain(4)]))[0].value == 4
    with pytest.raises(ValueError, match="'plain'"):
        serde.register_type(Pair, name="plain")
    with pytest.raises(DecodeError, match="plain"):
        serde.codec.decode(stored_object("plain", 5), "channel")


def test_a_renamed_class_still_reads_its_old_name() -> None:
    old = JsonPlusSerializer(types="loaded").dumps_typed(Pair(1, 2))
    serde = JsonPlusSerializer()
    serde.register_type(Pair, name="pair")
    new = serde.dumps_typed(Pair(1, 2))
    assert b"test_codec_types" not in new[1]
    assert serde.loads_typed(old) == serde.loads_typed(new) == Pair(1, 2)


def test_a_class_may_gain_and_lose_fields() -> None:
    def serde_of(cls: type) -> JsonPlusSerializer:
        serde = JsonPlusSerializer()
        serde.register_type(cls, name="thing")
        return serde

    before = dataclasses.make_dataclass("Thing", [("a", int), ("gone", int)])
    after = dataclasses.make_dataclass(
        "Thing", [("a", int), ("b", list, dataclasses.field(default_factory=list)), ("c", int, 3)]
    )
    broken = dataclasses.make_dataclass("Thing", [("a", int), ("b", int)])
    stored = serde_of(before).dumps_typed(before(1, 2))
    back = serde_of(after).loads_typed(stored)
    assert (back.a, back.b, back.c) == (1, [], 3)
    with pytest.raises(DecodeError, match="'b'"):
        serde_of(broken).loads_typed(stored)

    model_1 = pydantic.create_model("Thing", a=(int, ...))
    model_2 = pydantic.create_model("Thing", a=(int, ...), b=(list[int], []))
    stored = serde_of(model_1).dumps_typed(model_1(a=1))
    assert serde_of(model_2).loads_typed(stored) == model_2.model_construct({"a"}, a=1)

    struct_1 = msgspec.defstruct("Thing", [("a", int)])
    struct_2 = msgspec.defstruct("Thing", [("a", int), ("b", int, 2)])
    stored = serde_of(struct_1).dumps_typed(struct_1(1))
    assert serde_of(struct_2).loads_typed(stored) == struct_2(1, 2)


class Leaf(msgspec.Struct):
    n: int


class Shape(pydantic.BaseModel, arbitrary_types_allowed=True):
    leaf: Leaf | None = None


class Circle(Shape):
    r: float = 1.0


class Inner(TypedDict):
    shape: Shape
    next: NotRequired[Inner]


class Deep(NamedTuple):
    kind: Literal[Color.RED]
    nodes: list[Node]


@dataclasses.dataclass
class Node:
    children: dict[str, Node]
    deep: Deep | None = None
    unknown: NotDefinedAnywhere | None = None  # type: ignore[name-defined]  # noqa: F821
    number: Annotated[Number, "meta"] = Number.ONE


class State(TypedDict, total=False):
    inner: Inner
    tree: Annotated[list[Node], lambda a, b: a + b]
    counts: defaultdict[Pair, deque[Record]]
    either: int | Frozen | None
    text: str
    generic: Box[Strict]


def test_join_finds_classes_recursively() -> None:
    registry = TypeRegistry(BUILTINS)
    registry.join(State)
    found = set(registry.classes())
    assert {Shape, Leaf, Node, Deep, Color, Number, Pair, Record, Frozen, Box[Strict], Strict} <= found
    assert not found & {int, str, defaultdict, deque, list, dict, State}


def test_values_of_a_joined_schema_round_trip() -> None:
    serde = JsonPlusSerializer()
    serde.join_types({"state": State, "odd": "NotThere", "generic": list[T], "call": Any})  # type: ignore[valid-type]
    value = {
        "tree": [Node({"a": Node({})}, Deep(Color.RED, []))],
        "counts": defaultdict(deque, {Pair(1): deque([Record(1)])}),
        "shape": Circle(r=2.0, leaf=Leaf(1)),
        "generic": Box[Strict](content=Strict()),
    }
    back = serde.loads_typed(serde.dumps_typed(value))
    assert same(value, back)
    # A subclass of a declared class is data of the schema too, also for a reader that has not met it yet.
    fresh = JsonPlusSerializer()
    fresh.join_types({"state": Shape})
    assert type(fresh.loads_typed(serde.dumps_typed(Circle()))) is Circle
    with pytest.raises(UnserializableTypeError):
        fresh.dumps_typed(Pair(1))


def test_join_does_not_trust_the_family_of_a_bare_base_class() -> None:
    serde = JsonPlusSerializer()
    serde.join_types(
        {"model": pydantic.BaseModel, "struct": msgspec.Struct, "enum": enum.Enum, "any": Any, "object": object}
    )
    for value in (Strict(), Record(1), Color.RED):
        with pytest.raises(UnserializableTypeError):
            serde.dumps_typed(value)


def test_the_newest_class_of_a_name_is_read_back() -> None:
    def make() -> type:
        @dataclasses.dataclass
        class Thing:
            x: int

        return Thing

    serde = JsonPlusSerializer()
    first, second = make(), make()
    serde.join_types({"a": first})
    stored = serde.dumps_typed(first(1))
    serde.join_types({"a": second})
    assert type(serde.loads_typed(stored)) is second
    assert serde.loads_typed(serde.dumps_typed(first(1))) == second(1)


# Optional libraries.


def test_langchain_messages_are_known() -> None:
    messages = pytest.importorskip("langchain_core.messages")
    serde = JsonPlusSerializer()
    value = [
        messages.HumanMessage("hi", id="1"),
        messages.AIMessage("", tool_calls=[{"name": "f", "args": {"a": 1}, "id": "c", "type": "tool_call"}]),
        messages.ToolMessage("x", tool_call_id="c"),
        messages.AIMessageChunk("part"),
    ]
    back = serde.loads_typed(serde.dumps_typed({"messages": value}))["messages"]
    assert back == value
    assert [type(item) for item in back] == [type(item) for item in value]


def test_numpy() -> None:
    numpy = pytest.importorskip("numpy")
    serde = JsonPlusSerializer()
    arrays = [
        numpy.arange(6, dtype="i4").reshape(2, 3),
        numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3)),
        numpy.arange(10)[::2],
        numpy.array(1.5),
        numpy.zeros((0, 3), dtype=bool),
        numpy.array(["a", "bcd"]),
        numpy.array(["2024-01-01"], dtype="M8[ns]"),
        numpy.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8", (2,))]),
        numpy.array([1, 2], dtype=">i2"),
    ]
    for value in arrays:
        back = serde.loads_typed(serde.dumps_typed([value]))[0]
        assert type(back) is type(value) and back.dtype == value.dtype and back.shape == value.shape
        assert (back == value).all() and back.flags.writeable
        assert back.flags.f_contiguous == value.flags.f_contiguous or not value.flags.contiguous
    for scalar in (
        numpy.float64(1.5),
        numpy.int8(-3),
        numpy.bool_(True),
        numpy.str_("x"),
        numpy.datetime64("2024-01-01"),
    ):
        back = serde.loads_typed(serde.dumps_typed((scalar,)))[0]
        assert type(back) is type(scalar) and back == scalar
    assert serde.loads_typed(serde.dumps_typed(numpy.dtype("f4"))) == numpy.dtype("f4")
    with pytest.raises(UnserializableTypeError, match="Python objects"):
        serde.dumps_typed(numpy.array([object()]))
    for state in (
        ["O", [1], "C", b"x" * 8],
        ["<f8", [2**40], "C", b""],
        ["<f8", [2], "C", b"x"],
        ["<f8", [0, 2**61], "X", b""],
        ["<f8", [-1], "C", b""],
    ):
        with pytest.raises(DecodeError):
            serde.codec.decode(stored_object("numpy:array", state))


def test_standard_subclasses() -> None:
    class MyDeque(deque[int]):
        pass

    class MyOrdered(OrderedDict[str, int]):
        def __setitem__(self, key: str, value: int) -> None:
            super().__setitem__(key, value + 1)

    class MyCounter(Counter[str]):
        pass

    class MyFloat(float):
        pass

    serde = JsonPlusSerializer()
    ordered = MyOrdered(a=1)
    values = [MyDeque([1, 2], maxlen=3), ordered, MyCounter("aab"), MyFloat(1.5)]
    for value in values:
        serde.register_type(type(value))
        back = serde.loads_typed(serde.dumps_typed(value))
        assert type(back) is type(value) and back == value
    assert ordered == {"a": 2}


def test_a_class_registered_anew_is_written_the_new_way() -> None:
    serde = JsonPlusSerializer()
    serde.register_type(Pair)
    before = serde.dumps_typed(Pair(1, 2))
    serde.register_type(Pair, name="pair", encode=lambda pair: pair.left, decode=lambda state: Pair(state, 9))
    after = serde.dumps_typed(Pair(1, 2))
    assert serde.loads_typed(after) == Pair(1, 9)
    assert serde.loads_typed(before) == Pair(1, 2)


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    ).stdout


def test_importing_the_codec_loads_no_optional_library() -> None:
    program = """
import sys
import actograph.checkpoint.base
print([name for name in ("pydantic", "numpy", "langchain_core", "fractions", "ipaddress", "zoneinfo") if name in sys.modules])
"""
    assert run(program) == "[]\n"


def test_rare_types_are_read_by_a_process_that_has_not_loaded_them_in_many_threads_at_once() -> None:
    codec = Codec()
    value = [
        Decimal("1.5"),
        Fraction(1, 3),
        ipaddress.ip_address("1.2.3.4"),
        ZoneInfo("UTC"),
        PurePosixPath("a"),
        array.array("i", [1]),
    ]
    program = f"""
import sys, threading
from actograph.checkpoint.serde.codec import Codec
codec, start, found = Codec(), threading.Barrier(8), []
def work():
    start.wait()
    found.append(repr(codec.loads(bytes.fromhex({codec.dumps(value).hex()!r}))))
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(found) == 8 and len(set(found)) == 1, found
print(found[0])
"""
    assert run(program) == f"{value!r}\n"


def test_many_threads_use_one_codec() -> None:
    serde = registered()
    value = samples()
    failed: list[Any] = []

    def work() -> None:
        for _ in range(50):
            if not same(value, serde.loads_typed(serde.dumps_typed(value))):
                failed.append(value)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
