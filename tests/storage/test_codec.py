"""Values come back from the codec as exactly what they were: value and type."""

from __future__ import annotations

import array
import ipaddress
import math
import re
import sys
import types
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import PosixPath, PurePosixPath, PureWindowsPath
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actograph.checkpoint.serde.builtin import ExceptionText
from actograph.checkpoint.serde.codec import Codec, join_list, seal, split_list, unseal
from actograph.checkpoint.serde.errors import CorruptValueError, DecodeError, UnserializableTypeError
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer


def same(left: Any, right: Any) -> bool:
    """Equal in value and in type, at every depth."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return (left == right and math.copysign(1, left) == math.copysign(1, right)) or (
            math.isnan(left) and math.isnan(right)
        )
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, Decimal):
        return left.as_tuple() == right.as_tuple()
    if isinstance(left, (list, tuple, deque)):
        if isinstance(left, deque) and left.maxlen != right.maxlen:
            return False
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        if isinstance(left, defaultdict) and left.default_factory is not right.default_factory:
            return False
        return same(list(left), list(right)) and all(
            same(a, b) for a, b in zip(left.values(), right.values(), strict=True)
        )
    if isinstance(left, (set, frozenset)):
        kinds = lambda items: Counter(map(type, items))  # noqa: E731
        return bool(left == right) and kinds(left) == kinds(right)
    if isinstance(left, datetime):
        return left == right and left.fold == right.fold and same(left.tzinfo, right.tzinfo)
    return bool(left == right)


SAMPLES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63 - 1,
    2**64 - 1,
    2**64,
    -(2**63),
    -(2**63) - 1,
    10**300,
    -(10**300),
    -0.0,
    math.inf,
    math.nan,
    5e-324,
    complex(1, -0.0),
    "",
    "ünï☃\U0001f600",
    "\ud800 alone",
    {"\udfff": "key"},
    b"\x00\xff",
    bytearray(b"abc"),
    (),
    (1, (2, [3])),
    [[], {}, (), set()],
    {1, 2.5, "x", None, (1, 2), frozenset({3})},
    frozenset({b"a", "a"}),
    {1: "int", True.real + 1: "two", 2.5: "float", None: 0, (1, "t"): [1], b"k": 1, frozenset({1}): 2},
    {True: 1, "a": 2},
    {str(i): i for i in range(300)},
    [{str(i): (i,) for i in range(300)}],
    {i: i for i in range(300)},
    {"a": {str(i): 2**70 for i in range(257)}},
    OrderedDict([("b", 1), ("a", (2,))]),
    Counter("hello"),
    Counter({1: -2}),
    defaultdict(list, {"a": [1]}),
    defaultdict(None, {1: 2}),
    defaultdict(int, {(1,): 2}),
    deque([1, "a", (2,)], maxlen=5),
    deque(),
    date.min,
    date(2024, 2, 29),
    time(1, 2, 3, 4, fold=1),
    time(1, tzinfo=UTC),
    datetime.max,
    datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Zurich")),
    datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=-5, minutes=-30), "odd")),
    datetime(2024, 1, 1, tzinfo=UTC),
    timedelta.min,
    timedelta(days=-1, microseconds=1),
    UTC,
    timezone(timedelta(hours=1)),
    ZoneInfo("America/New_York"),
    uuid.UUID(int=2**127 + 1),
    Decimal("1.10"),
    Decimal("-0"),
    Decimal("NaN"),
    Decimal("Infinity"),
    Decimal("1E+1000"),
    Fraction(-3, 7),
    Fraction(2**80, 3),
    PurePosixPath("/a/b"),
    PureWindowsPath("C:\\x"),
    re.compile("a(?P<b>[0-9]+)", re.IGNORECASE | re.VERBOSE),
    re.compile(b"x+"),
    range(0, -10, -3),
    slice(1, None, 2**70),
    ipaddress.ip_address("10.0.0.1"),
    ipaddress.ip_address("fe80::1%eth0"),
    ipaddress.ip_network("10.0.0.0/8"),
    ipaddress.ip_network("2001:db8::/32"),
    ipaddress.ip_interface("10.0.0.1/8"),
    ipaddress.ip_interface("2001:db8::1/64"),
    array.array("d", [1.5, -2.5]),
    types.SimpleNamespace(a=1, b=[2]),
    ...,
    NotImplemented,
    [int, list, object],
]


@pytest.mark.parametrize("value", SAMPLES, ids=lambda value: f"{type(value).__name__}-{value!r:.30}")
@pytest.mark.parametrize("types_", ["registered", "loaded", "any"])
def test_round_trip(value: Any, types_: Any) -> None:
    serde = JsonPlusSerializer(types=types_)
    back = serde.loads_typed(serde.dumps_typed(value))
    assert same(value, back), back
    nested = {"a": [(value, {"b": value})]}
    assert same(nested, serde.loads_typed(serde.dumps_typed(nested)))
    body = serde.codec.encode(value)
    assert same(value, serde.codec.decode(body))


@pytest.mark.skipif(sys.platform == "win32", reason="a PosixPath cannot be made on Windows")
def test_path() -> None:
    codec = Codec()
    assert same(PosixPath("a/b"), codec.loads(codec.dumps(PosixPath("a/b"))))


def test_utc_stays_the_one_utc() -> None:
    codec = Codec()
    assert codec.loads(codec.dumps(UTC)) is UTC


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(2**200), max_value=2**200)
    | st.floats()
    | st.text(st.characters())
    | st.text(st.characters(categories=["Cs", "L"]))
    | st.binary()
    | st.complex_numbers()
    | st.decimals()
    | st.fractions()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.timedeltas()
    | st.uuids()
    | st.ip_addresses()
)
hashables = st.recursive(
    scalars.filter(lambda value: not (isinstance(value, Decimal) and value.is_snan()) and value == value),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
    max_leaves=5,
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=5)
        | st.dictionaries(hashables, inner, max_size=5)
        | st.sets(hashables, max_size=5)
        | st.lists(inner, max_size=4).map(lambda items: deque(items, maxlen=7))
        | st.dictionaries(hashables, inner, max_size=3).map(OrderedDict)
        | st.dictionaries(hashables, inner, max_size=3).map(lambda items: defaultdict(set, items))
    ),
    max_leaves=25,
)


def check(value: Any) -> None:
    codec = Codec()
    frame = codec.dumps(value)
    back = codec.loads(frame)
    assert same(value, back), back
    assert codec.dumps(back) == frame


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values)
def test_round_trip_of_anything(value: Any) -> None:
    check(value)


@pytest.mark.long
@pytest.mark.timeout(300)
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values)
def test_round_trip_of_anything_long(value: Any) -> None:
    check(value)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([str, int, list[str], dict[str, float], Annotated[list[int], "x"], Any, list, dict[str, Any]]),
    values,
)
def test_a_compiled_encoder_writes_what_the_general_one_writes(declared: Any, value: Any) -> None:
    codec = Codec()
    encode = codec.compile_encoder(declared)
    for item in (value, 2**70, "\ud800", ["a", "\ud800"], {"a": True}, {"a": 1.0}, ["a"], [1, True], "text", 7):
        assert encode(item) == codec.dumps(item)


def test_shared_references_are_copies_and_the_original_is_let_alone() -> None:
    codec = Codec()
    shared = [1, (2,)]
    value = {"a": shared, "b": shared}
    back = codec.loads(codec.dumps(value))
    assert back == {"a": [1, (2,)], "b": [1, (2,)]}
    assert back["a"] is not back["b"]
    assert value["a"] is shared


def test_equal_sets_are_stored_equally() -> None:
    codec = Codec()
    names = [f"name{i}" for i in range(50)]
    assert codec.dumps(set(names)) == codec.dumps({*names[25:], *names[:25]})


def test_exceptions_are_stored_as_text() -> None:
    codec = Codec()
    back = codec.loads(codec.dumps([ValueError("x", 1), KeyError("k")]))
    assert back == ["ValueError('x', 1)", "KeyError('k')"]
    assert type(back[0]) is ExceptionText
    assert (back[0].type_name, back[0].args_repr) == ("builtins:ValueError", "('x', 1)")
    again = codec.loads(codec.dumps(back[0]))
    assert (again, type(again), again.type_name) == (back[0], ExceptionText, "builtins:ValueError")


def test_an_exception_that_cannot_be_printed() -> None:
    class Odd(Exception):
        def __repr__(self) -> str:
            raise RuntimeError("no")

    codec = Codec()
    assert codec.loads(codec.dumps(Odd())) == "Odd(<unprintable: RuntimeError>)"


def nest(depth: int, wrap: Any) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "wrap",
    [lambda v: [v], lambda v: {"k": v}, lambda v: (v,), lambda v: deque([v])],
    ids=["list", "dict", "tuple", "deque"],
)
def test_deep_nesting_is_refused_and_less_deep_comes_back(wrap: Any) -> None:
    codec = Codec()
    fine = nest(90, wrap)
    assert same(fine, codec.loads(codec.dumps(fine)))
    for depth in (500, 100_000):
        deep = nest(depth, wrap)
        with pytest.raises(UnserializableTypeError, match="200 levels deep"):
            codec.dumps(deep, "state")
        while depth:  # dismantled by hand: freeing it in one go may be deep, too
            deep = next(iter(deep.values() if isinstance(deep, dict) else deep))
            depth -= 1


def test_at_the_end_of_the_stack_the_error_is_clear() -> None:
    codec = Codec()
    value = nest(150, lambda v: (v,))
    frame = codec.dumps(value)
    seen: list[str] = []

    def descend(left: int) -> None:
        if left:
            descend(left - 1)
            return
        for call in (lambda: codec.dumps(value), lambda: codec.loads(frame)):
            try:
                call()
            except (UnserializableTypeError, DecodeError) as error:
                seen.append(str(error))

    depth = 0
    frame_ = sys._getframe()
    while frame_ is not None:
        depth += 1
        frame_ = frame_.f_back  # type: ignore[assignment]
    descend(sys.getrecursionlimit() - depth - 80)
    assert len(seen) >= 1
    assert all("nested too deeply" in text for text in seen)


def test_cycles_are_refused_by_name_and_place() -> None:
    codec = Codec()
    loop: list[Any] = [1]
    loop.append({"again": loop})
    with pytest.raises(UnserializableTypeError) as caught:
        codec.dumps({"a": (loop,)}, "state")
    assert "contains itself" in str(caught.value)
    assert caught.value.path == "$.a[0][1].again"
    assert caught.value.key == "state"


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        (lambda: 1, "$", "functions cannot be stored"),
        ({"a": [1, {"b c": print}]}, "$.a[1]['b c']", "functions cannot be stored"),
        ({"x": (object(),)}, "$.x[0]", "register_type"),
        ({(object(),): 1}, "$.keys()[0][0]", "register_type"),
        ({1: {2: object()}}, "$[1][2]", "register_type"),
        ([deque([0, object()])], "$[0][1]", "register_type"),
        (defaultdict(lambda: 0), "$", "functions cannot be stored"),
        pytest.param(1 << 10**6, "$", "ints up to", id="big"),
        ([memoryview(b"x")], "$[0]", "no data class"),
        (re.compile("x" * 20_000), "$", "too long to compile"),
    ],
)
def test_what_cannot_come_back_is_refused_with_place_and_remedy(value: Any, path: str, words: str) -> None:
    with pytest.raises(UnserializableTypeError) as caught:
        Codec().dumps(value, "channel")
    error = caught.value
    assert error.path == path
    assert words in str(error)
    assert "'channel'" in str(error)


def test_pickle_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="register_type"):
        JsonPlusSerializer(pickle_fallback=True)


def test_every_flipped_byte_is_found() -> None:
    codec = Codec()
    frame = codec.dumps({"text": "hello", "n": (1, 2)})
    for place in range(len(frame)):
        for bit in (0x01, 0x80):
            broken = bytearray(frame)
            broken[place] ^= bit
            with pytest.raises(CorruptValueError):
                codec.loads(bytes(broken), "channel")
    for size in range(len(frame)):
        with pytest.raises(CorruptValueError):
            codec.loads(frame[:size])


def test_frames_and_lists_of_bodies() -> None:
    codec = Codec()
    for size in (0, 1, 15, 16, 70_000):
        items: list[Any] = [(i,) if i % 3 == 0 else {"i": i} for i in range(size)]
        bodies = [codec.encode(item) for item in items]
        assert join_list(bodies) == codec.encode(items)
        assert split_list(codec.encode(items)) == bodies
    assert unseal(seal(b"\x01")) == b"\x01"
    with pytest.raises(DecodeError):
        split_list(codec.encode({"a": 1}))


def test_another_serializers_bytes_are_refused() -> None:
    with pytest.raises(DecodeError, match="'msgpack'"):
        JsonPlusSerializer().loads_typed(("msgpack", b"\x01"))
