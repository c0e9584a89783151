"""Hostile bytes: they make values or a DecodeError, quickly, and never run anything."""

from __future__ import annotations

import dataclasses
import enum
import random
import sys
import time
import tracemalloc
from collections import deque
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec.msgpack import Ext, encode

from actograph.checkpoint.serde.codec import Codec, seal
from actograph.checkpoint.serde.encode import INT_LIMIT, Code
from actograph.checkpoint.serde.errors import DecodeError
from actograph.checkpoint.serde.scan import check_maps


class Level(enum.IntFlag):
    A = 1
    B = 2


@dataclasses.dataclass
class Item:
    n: int
    text: str = ""
    ran = False

    def __post_init__(self) -> None:
        type(self).ran = True


class Row(msgspec.Struct):
    a: int
    b: Any = None


def make_codec() -> Codec:
    codec = Codec()
    for cls in (Level, Item, Row):
        codec.registry.register_type(cls)
    return codec


def ext(code: int, payload: Any) -> Ext:
    return Ext(code, payload if isinstance(payload, bytes) else encode(payload))


def obj(name: str, state: Any) -> Ext:
    return ext(Code.OBJECT, [name, state])


HERE = Item.__module__
BAD: list[Any] = [
    b"",
    b"\xc1",
    b"\x01\x02",
    b"\x92\x01",
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xa1\xff",
    b"\x81\x80\x01",
    b"\x91" * 100_000,
    b"\xd4\x02\xc0",
    b"\xc9\xff\xff\xff\xff\x01",
    ext(99, []),
    ext(-5, []),
    ext(Code.OBJECT, []),
    ext(Code.OBJECT, ["a"]),
    ext(Code.OBJECT, [1, 2]),
    ext(Code.OBJECT, "text"),
    ext(Code.OBJECT, [ext(Code.TUPLE, [1]), 2]),
    ext(Code.TUPLE, {}),
    ext(Code.SET, [[1]]),
    ext(Code.SET, [{}]),
    ext(Code.PAIRS, [1]),
    ext(Code.PAIRS, [[1], 1]),
    ext(Code.MAP, [[1], [1]]),
    ext(Code.MAP, [["a"], []]),
    ext(Code.MAP, {"a": 1}),
    ext(Code.INT, b"\x01" * (INT_LIMIT + 1)),
    ext(Code.TEXT, b"\xff"),
    ext(Code.CLASS, b"\xff"),
    ext(Code.CLASS, b"eval"),
    ext(Code.LIVE, b"\x00"),
    ext(Code.LIVE, b""),
    ext(Code.LIVE, b"\xff" * 1000),
    ext(Code.LIVE_OBJECT, [0, {}]),
    ext(Code.LIVE_OBJECT, [-1, {}]),
    obj("datetime", [1, 2, 3]),
    obj("datetime", [99999, 1, 1, 0, 0, 0, 0, 0, None]),
    obj("datetime", [2024, 1, 1, 0, 0, 0, 0, 0, "UTC"]),
    obj("date", 2**62),
    obj("timedelta", [2**62, 0, 0]),
    obj("timezone", [obj("timedelta", [5, 0, 0]), None]),
    obj("zone", "../../../etc/passwd"),
    obj("zone", "os"),
    obj("zone", "/etc/localtime"),
    obj("decimal", "x" * 100),
    obj("decimal", 1),
    obj("fraction", [1, 0]),
    obj("fraction", [1, "x"]),
    obj("complex", ["a", "b"]),
    obj("uuid", b"1"),
    obj("PurePosixPath", [1]),
    obj("pattern", ["(", 0]),
    obj("pattern", ["(" * 10_000, 0]),
    obj("pattern", ["[a-\U0010ffff]" * 1500, 2]),
    obj("pattern", ["x", -1]),
    obj("range", [0, 1, 0]),
    obj("deque", [-1, []]),
    obj("deque", ["a", []]),
    obj("counter", [1]),
    obj("defaultdict", [5, {}]),
    obj("array", ["w", b"123"]),
    obj("array", ["d", b"123"]),
    obj("namespace", {"a": 1, "b": ext(Code.SET, [[]])}),
    obj("exception", [1, 2, 3]),
    obj("IPv4Network", "10.0.0.0/99"),
    obj(f"{HERE}:Level", "A"),
    obj(f"{HERE}:Level", ext(Code.INT, b"\x7f" + b"\xff" * 60_000)),
    obj(f"{HERE}:Item", []),
    obj(f"{HERE}:Item", {}),
    obj(f"{HERE}:Item", ext(Code.PAIRS, [1, 2])),
    obj(f"{HERE}:Row", {"b": 1}),
    obj(f"{HERE}:Row", 5),
]


@pytest.mark.parametrize("index", range(len(BAD)))
def test_bad_bytes_are_a_decode_error(index: int) -> None:
    item = BAD[index]
    codec = make_codec()
    body = item if isinstance(item, bytes) else encode(item)
    with pytest.raises(DecodeError) as caught:
        codec.decode(body, "channel")
    assert caught.value.key == "channel"
    with pytest.raises(DecodeError):
        codec.loads(seal(body))
    if body and not isinstance(item, bytes):
        with pytest.raises(DecodeError):
            codec.decode(encode({"deep": [1, ext(Code.TUPLE, [item])]}))


def test_reading_runs_no_constructor() -> None:
    Item.ran = False
    value = make_codec().decode(encode(obj(f"{HERE}:Item", {"n": 1, "__class__": "x", "extra": 2})))
    assert (value.n, value.text, value.extra, Item.ran) == (1, "", 2, False)
    assert type(value) is Item


def test_deep_extensions_are_an_error_and_no_crash() -> None:
    codec = Codec()
    body = b"\xc0"
    for _ in range(3000):
        body = encode(Ext(Code.TUPLE, b"\x91" + body))
    with pytest.raises(DecodeError, match="nested too deeply"):
        codec.decode(body)


def colliding(count: int) -> list[tuple[int, ...]]:
    """Tuples of one hash: those of -1 and -2 are equal."""
    return [tuple(-1 - (number >> bit & 1) for bit in range(20)) for number in range(count)]


def hostile_maps() -> list[Any]:
    keys = colliding(200_000)
    big = [
        ext(Code.INT, (n * (2**61 - 1) + (1 << 80) * 0).to_bytes(16, "big", signed=True)) for n in range(20, 100_020)
    ]
    native = b"\xdf" + len(keys).to_bytes(4, "big") + b"".join(encode(key) + b"\xc0" for key in keys)
    return [
        native,
        b"\x91" + native,
        b"\x81\xa1a" + native,
        encode(ext(Code.TUPLE, b"\x91" + native)),
        encode(ext(Code.PAIRS, [part for key in keys for part in (ext(Code.TUPLE, list(key)), 1)])),
        encode(ext(Code.SET, [ext(Code.TUPLE, list(key)) for key in keys])),
        encode(ext(Code.FROZENSET, big)),
        b"\x91\xdf" + len(big).to_bytes(4, "big") + b"".join(encode(key) + b"\xc0" for key in big),
    ]


def test_keys_made_to_collide_do_not_hang() -> None:
    codec = Codec()
    assert len({hash(key) for key in colliding(1000)}) == 1
    for body in hostile_maps():
        before = time.process_time()
        with pytest.raises(DecodeError):
            codec.decode(body)
        assert time.process_time() - before < 8


def test_the_look_for_large_maps_lets_pass_what_the_codec_writes() -> None:
    codec = Codec()
    noise = random.Random(1).randbytes(200_000)
    for value in (
        {"a": noise, "b": [noise, (noise,)]},
        [{str(i): i for i in range(256)} for _ in range(10)],
        {str(i): {"x": (i,)} for i in range(5000)},
        [{str(i): 0xDF00 + i for i in range(5000)}],
        dict.fromkeys(range(5000), "߀"),
        [float(i) * 1.1 for i in range(20_000)],
        ["\u07c0\u0780" * 500],
        [-i for i in range(70_000)],
        set(range(3000)),
    ):
        body = codec.encode(value)
        check_maps(body)
        assert codec.decode(body) == value
        check_maps(codec.encode([value]))


def seeds(codec: Codec) -> list[bytes]:
    values: list[Any] = [
        {"messages": [{"role": "user", "content": "hello " * 10}], "n": 3, "f": 1.5, "b": b"xyz", "none": None},
        [(1, {2, 3}, frozenset({"a"})), {1: 2, (3,): 4}, 2**100, "\ud800", bytearray(b"x")],
        [Item(1, "x"), Row(1, [2]), Level.A | Level.B, deque([1], 3), Decimal("1.5"), datetime(2024, 1, 1, tzinfo=UTC)],
        {str(i): [i, (i,)] for i in range(300)},
    ]
    return [codec.encode(value) for value in values]


def fuzz(rounds: int, seed: int) -> None:
    codec = make_codec()
    bodies = seeds(codec)
    chance = random.Random(seed)
    modules = set(sys.modules)
    good = 0
    for _ in range(rounds):
        body = bytearray(chance.choice(bodies))
        for _ in range(chance.randint(1, 6)):
            kind = chance.randrange(4)
            place = chance.randrange(len(body)) if body else 0
            if kind == 0 and body:
                body[place] = chance.randrange(256)
            elif kind == 1 and body:
                del body[place : place + chance.randint(1, 9)]
            elif kind == 2:
                body[place:place] = chance.randbytes(chance.randint(1, 5))
            else:
                part = chance.choice(bodies)
                start = chance.randrange(len(part))
                body[place : place + 4] = part[start : start + chance.randint(1, 40)]
        try:
            codec.decode(bytes(body))
        except DecodeError:
            continue
        good += 1
    assert 0 < good < rounds  # some mutations still make a value, and most do not
    assert {name.partition(".")[0] for name in set(sys.modules) - modules} <= {"tzdata", "encodings", "zoneinfo"}


def test_fuzz() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    tracemalloc.start()
    try:
        fuzz(2000, seed)
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_fuzz_long() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    fuzz(200_000, seed)
