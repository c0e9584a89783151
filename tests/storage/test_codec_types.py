"""Classes of the user: which are taken, how they come back, and what a registry learns from a schema."""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import threading
from collections import defaultdict
from typing import Any, Generic, NamedTuple, Optional, TypeVar

import msgspec
import pydantic
import pytest

from actograph.checkpoint.serde.codec import Codec
from actograph.checkpoint.serde.encode import Code
from actograph.checkpoint.serde.errors import UnknownTypeError, UnserializableTypeError
from actograph.checkpoint.serde.jsonplus import InvalidModuleError, JsonPlusSerializer
from actograph.checkpoint.serde.registry import type_name
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
            codec.decode(stored_object(name, {}), "channel")
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
        codec.decode(stored_object(name, ["echo"]))
    with pytest.raises(UnknownTypeError):
        codec.decode(msgspec.msgpack.encode(msgspec.msgpack.Ext(Code.CLASS, name.encode())))


def stored_object(name: str, state: Any) -> bytes:
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
