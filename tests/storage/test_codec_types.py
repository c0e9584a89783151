"""Classes of the user: which are taken, how they come back, and what a registry learns from a schema."""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import threading
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, Optional, TypedDict, TypeVar

import msgspec
import pydantic
import pytest

from actograph.checkpoint.serde.codec import Codec
from actograph.checkpoint.serde.encode import Code
from actograph.checkpoint.serde.errors import DecodeError, UnknownTypeError, UnserializableTypeError
from actograph.checkpoint.serde.jsonplus import InvalidModuleError, JsonPlusSerializer
from actograph.checkpoint.serde.registry import BUILTINS, TypeRegistry, type_name
from tests.storage.test_codec import same

T = TypeVar("T")


class Color(enum.Enum):
    RED = "r"
    BLUE = ("b", 1)


class Word(enum.StrEnum):
    YES = "yes"


class Number(enum.IntEnum):
    ONE = 1


class Perm(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()


@dataclasses.dataclass
class Point:
    x: int
    y: Any = 0
    total: Any = dataclasses.field(init=False, default=None)

    def __post_init__(self) -> None:
        self.total = (self.x, "made")

    @functools.cached_property
    def slow(self) -> int:
        return self.x * 2


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    name: str
    tags: tuple[str, ...] = ()


@dataclasses.dataclass
class Child(Point):
    more: list[Frozen] = dataclasses.field(default_factory=list)


class Pair(NamedTuple):
    left: Any
    right: int = 0


class Record(msgspec.Struct, frozen=True):
    a: int
    b: Any = None


class Counted(msgspec.Struct):
    n: int

    def __post_init__(self) -> None:
        self.n += 1


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    name: str
    items: list[Any] = []
    child: Optional[Model] = None  # noqa: UP045 - the old spelling is resolved as well
    _secret: int = pydantic.PrivateAttr(default=1)


class Strict(pydantic.BaseModel, frozen=True):
    n: int = 3


class Box(pydantic.BaseModel, Generic[T]):
    content: T


class Words(list[str]):
    pass


class Lookup(dict[str, int]):
    pass


class Name(str):
    pass


class Plain:
    def __init__(self, value: int) -> None:
        self.value = value


USER_TYPES = [
    Color,
    Word,
    Number,
    Perm,
    Point,
    Frozen,
    Child,
    Pair,
    Record,
    Counted,
    Model,
    Strict,
    Words,
    Lookup,
    Name,
    Box[int],
]


def registered() -> JsonPlusSerializer:
    serde = JsonPlusSerializer()
    for cls in USER_TYPES:
        serde.register_type(cls)
    return serde


def samples() -> list[Any]:
    changed = Point(1, {"k": Frozen("f", ("a",))})
    changed.total = "set later"
    counted = Counted(1)
    model = Model(name="n", items=[Point(1)], child=Model(name="c"), extra=(1, 2))  # type: ignore[call-arg]
    model._secret = 7
    words = Words(["a"])
    words.note = {1}  # type: ignore[attr-defined]
    return [
        Color.RED,
        Color.BLUE,
        Word.YES,
        Number.ONE,
        Perm.READ | Perm.WRITE,
        Perm(0),
        changed,
        Frozen("x"),
        Child(1, 2, [Frozen("y")]),
        Pair((1, 2)),
        Record(1, Record(2)),
        counted,
        model,
        Model.model_construct(name=3),
        Strict(),
        Strict(n=4),
        words,
        Lookup(a=1),
        Name("n"),
        Box[int](content=1),
        {Color.RED: [Word.YES, {Number.ONE}], Pair(1): Frozen("k")},
        [Point, Color],
        defaultdict(Words, {"a": Words("x")}),
    ]


@pytest.mark.parametrize("index", range(len(samples())))
@pytest.mark.parametrize("mode", ["registered", "any"])
def test_round_trip(index: int, mode: str) -> None:
    serde = registered() if mode == "registered" else JsonPlusSerializer(types="any")
    value = samples()[index]
    back = serde.loads_typed(serde.dumps_typed(value))
    assert same(value, back), back
    assert getattr(back, "__dict__", None) == getattr(value, "__dict__", None)
    nested = {"in": [(value,)]}
    assert same(nested, serde.loads_typed(serde.dumps_typed(nested)))


def test_nothing_is_run_on_the_way_back() -> None:
    serde = registered()
    value = Point(1)
    value.x, value.total = 5, "kept"
    assert value.slow == 10
    back = serde.loads_typed(serde.dumps_typed(value))
    assert (back.x, back.total) == (5, "kept")
    assert "slow" not in vars(back)  # computed, and so not stored
    assert back.slow == 10


def test_pydantic_state_is_kept_and_not_validated() -> None:
    serde = registered()
    model = Model(name="n")
    back = serde.loads_typed(serde.dumps_typed(model))
    assert back.model_fields_set == {"name"}
    assert back.model_dump(exclude_unset=True) == {"name": "n"}
    model.name = 5  # type: ignore[assignment]
    model._secret = 9
    back = serde.loads_typed(serde.dumps_typed(model))
    assert (back.name, back._secret, back.model_fields_set) == (5, 9, {"name"})


def test_enum_members_are_the_same_objects() -> None:
    serde = registered()
    assert serde.loads_typed(serde.dumps_typed([Color.BLUE]))[0] is Color.BLUE


# Trust.


@pytest.mark.parametrize(
    "value", [Color.RED, Point(1), Pair(1), Record(1), Strict(), Words()], ids=lambda v: type(v).__name__
)
def test_an_unknown_class_is_refused_when_written(value: Any) -> None:
    with pytest.raises(UnserializableTypeError) as caught:
        JsonPlusSerializer().codec.dumps({"items": [value]}, "channel")
    assert caught.value.type_name == type_name(type(value))
    assert caught.value.path == "$.items[0]"
    for word in ("register_type", "'channel'"):
        assert word in str(caught.value)


def test_fields_are_steps_of_the_path() -> None:
    serde = registered()
    for value in (Point(1, [object()]), Model(name="n", y=[object()]), Record(1, {"y": object()})):  # type: ignore[call-arg]
        with pytest.raises(UnserializableTypeError) as caught:
            serde.dumps_typed((value,))
        assert caught.value.path in ("$[0].y[0]", "$[0].b.y")
    with pytest.raises(UnserializableTypeError) as caught:
        serde.dumps_typed(Model(name="n", items=[Point(1, print)]))
    assert caught.value.path == "$.items[0].y"


def test_loaded_takes_data_classes_of_loaded_modules_only() -> None:
    serde = JsonPlusSerializer(types="loaded")
    for value in (Color.RED, Point(1), Pair(1), Record(1), Strict(), Model(name="n"), Perm.READ):
        assert same(value, serde.loads_typed(serde.dumps_typed(value)))
    for value in (Plain(1), Words(), Name("n")):
        with pytest.raises(UnserializableTypeError):
            serde.dumps_typed(value)

    @dataclasses.dataclass
    class Local:
        x: int

    with pytest.raises(UnserializableTypeError, match="top level"):
        serde.dumps_typed(Local(1))


def test_a_registered_reader_refuses_what_a_loaded_one_wrote() -> None:
    stored = JsonPlusSerializer(types="loaded").dumps_typed({"a": Point(1)})
    with pytest.raises(UnknownTypeError) as caught:
        JsonPlusSerializer().loads_typed(stored)
    assert caught.value.type_name == type_name(Point)
    assert "register_type" in str(caught.value)


def test_a_type_of_a_module_that_is_not_loaded_is_not_imported() -> None:
    assert "this_module_is_not_there" not in sys.modules
    codec = Codec(trust="loaded")
    for name, module in (
        ("this_module_is_not_there:X", "this_module_is_not_there"),
        ("xml.dom.minidom:Document", "xml.dom.minidom"),
    ):
        loaded = module in sys.modules
        with pytest.raises(UnknownTypeError, match="import"):
            codec.decode(_object(name, {}), "channel")
        assert (module in sys.modules) is loaded


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "builtins:eval",
        "subprocess:Popen",
        "builtins:object",
        "collections:UserDict",
        "",
        ":",
        "a",
        "os:path.join",
    ],
)
def test_names_of_other_things_mean_nothing(name: str) -> None:
    codec = Codec(trust="loaded")
    with pytest.raises(UnknownTypeError):
        codec.decode(_object(name, ["echo"]))
    with pytest.raises(UnknownTypeError):
        codec.decode(msgspec.msgpack.encode(msgspec.msgpack.Ext(Code.CLASS, name.encode())))


def _object(name: str, state: Any) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(Code.OBJECT, msgspec.msgpack.encode([name, state])))


def test_any_keeps_data_by_value_and_the_rest_by_reference() -> None:
    serde = JsonPlusSerializer(types="any")
    lock, plain = threading.Lock(), Plain(1)

    @dataclasses.dataclass
    class Local:
        x: Any

    value = {
        "lock": lock,
        "local": Local([1]),
        "f": len,
        "plain": plain,
        "cls": Local,
        "d": defaultdict(lambda: 7),
        "big": [2**70, lock],
    }
    stored = serde.dumps_typed(value)
    value["local"].x.append(2)
    value["d"]["late"] = 1
    back = serde.loads_typed(stored)
    assert back["lock"] is lock and back["plain"] is plain and back["f"] is len and back["cls"] is Local
    assert type(back["local"]) is Local and back["local"].x == [1]
    assert dict(back["d"]) == {} and back["d"]["new"] == 7
    assert back["big"] == [2**70, lock]
    again = serde.loads_typed(stored)
    assert again["local"] is not back["local"]


def test_two_local_classes_of_one_name_are_not_mixed_up_in_memory() -> None:
    def make() -> type:
        @dataclasses.dataclass
        class Local:
            x: int

        return Local

    serde = JsonPlusSerializer(types="any")
    first, second = make(), make()
    stored = [serde.dumps_typed(cls(1)) for cls in (first, second)]
    assert [type(serde.loads_typed(item)) for item in stored] == [first, second]


def test_bytes_that_lost_their_objects_say_so() -> None:
    serde = JsonPlusSerializer(types="any")
    tag, data = serde.dumps_typed([threading.Lock()])
    with pytest.raises(UnknownTypeError, match="process"):
        serde.loads_typed((tag, bytes(bytearray(data))))


def test_allow_lists() -> None:
    serde = JsonPlusSerializer(allowed_msgpack_modules=[(Point.__module__, "Point"), Frozen])
    assert serde.loads_typed(serde.dumps_typed([Point(1), Frozen("x")]))[1] == Frozen("x")
    with pytest.raises(UnserializableTypeError):
        serde.dumps_typed(Pair(1))
    wider = serde.with_msgpack_allowlist([(Pair.__module__, "Pair")])
    assert wider.loads_typed(wider.dumps_typed([Pair(1), Point(2)]))[0] == Pair(1)
    with pytest.raises(UnserializableTypeError):
        serde.dumps_typed(Pair(1))
    assert JsonPlusSerializer(allowed_msgpack_modules=True).types == "loaded"
    with pytest.raises(InvalidModuleError):
        JsonPlusSerializer(allowed_msgpack_modules=["json"])  # type: ignore[list-item]


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
        serde.codec.decode(_object("plain", 5), "channel")


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
            serde.codec.decode(_object("numpy:array", state))


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
