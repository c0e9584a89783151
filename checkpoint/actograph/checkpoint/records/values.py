"""Channel values as payloads: a full value, or the difference between a list's or dict's encoding and that of the version before.

A payload is one tag byte, the body, and four bytes of checksum. Differences are computed on encoded elements, so an element that was
mutated in place is found, and applying a difference cannot run user code or diverge from what the reducer returned:

- append: the new value starts with all elements of the old one (the common case; found by one `memcmp`);
- splice (lists): ranges copied from the old elements, and new elements between them;
- patch (dicts): keys removed, and keys set, in insertion order.

A new full value is written when what a reader would have to fetch outweighs the value itself (`CHAIN_FACTOR`), so that both the bytes
stored and the bytes read stay linear.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from actograph.checkpoint.records.errors import CorruptRecordError

FULL: Final = 0
APPEND: Final = 1
SPLICE: Final = 2
PATCH: Final = 3

LIST: Final = 1
DICT: Final = 2

# Below this many bytes of encoding a value is always stored in full.
SMALL: Final = 128
# What fetching one row costs a reader, in bytes of value decoded in the same time.
ROW_COST: Final = 64
CHAIN_FACTOR: Final = 4
CHAIN_SLACK: Final = 4096

_encode = msgspec.msgpack.Encoder().encode
_decode_list = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_decode_dict = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_decode_splice = msgspec.msgpack.Decoder(list[bytes | tuple[int, int]]).decode
_decode_patch = msgspec.msgpack.Decoder(tuple[list[str], dict[str, msgspec.Raw]]).decode


class Log(NamedTuple):
    """The newest version of a growing value as the next difference needs it. Immutable, so journals may share it."""

    version: int | float | str
    kind: int
    number: int
    body: bytes
    cost: int


def measure(raw: bytes) -> tuple[int, int, int]:
    """(kind, number of elements, bytes of header) of an encoded list or dict; kind 0 for anything else."""
    first = raw[0] if raw else 0
    if first & 0xF0 == 0x90:
        return LIST, first & 0x0F, 1
    if first & 0xF0 == 0x80:
        return DICT, first & 0x0F, 1
    if first == 0xDC:
        return LIST, int.from_bytes(raw[1:3], "big"), 3
    if first == 0xDD:
        return LIST, int.from_bytes(raw[1:5], "big"), 5
    if first == 0xDE:
        return DICT, int.from_bytes(raw[1:3], "big"), 3
    if first == 0xDF:
        return DICT, int.from_bytes(raw[1:5], "big"), 5
    return 0, 0, 0


def header(kind: int, count: int) -> bytes:
    """The bytes that stand before the elements of an encoded list or dict."""
    if count < 16:
        return bytes(((0x90 if kind == LIST else 0x80) | count,))
    if count < 65_536:
        return (b"\xdc" if kind == LIST else b"\xde") + count.to_bytes(2, "big")
    return (b"\xdd" if kind == LIST else b"\xdf") + count.to_bytes(4, "big")


def seal(tag: int, body: bytes) -> bytes:
    """A payload: tag, body, checksum."""
    data = b"%c%b" % (tag, body)
    return data + zlib.crc32(data).to_bytes(4, "big")


def unseal(payload: bytes, *, where: str, database: str) -> tuple[int, bytes]:
    """(tag, body) of a payload. Raises `CorruptRecordError` when its bytes are not those that were stored."""
    if (
        not isinstance(payload, bytes)
        or len(payload) < 5
        or zlib.crc32(payload[:-4]).to_bytes(4, "big") != payload[-4:]
    ):
        raise CorruptRecordError(
            f"the checksum of {where} does not match its bytes",
            database=database,
            remedy="Restore the file from a backup, or delete the thread with delete_thread().",
        )
    return payload[0], payload[1:-4]


def encode_value(
    log: Log | None, version: int | float | str, raw: bytes
) -> tuple[int | float | str | None, bytes, Log | None]:
    """(version it builds on or None for a full value, payload, log for the next difference) for one encoded value."""
    kind, count, start = measure(raw)
    if not kind:
        return None, seal(FULL, raw), None
    size = len(raw)
    if log is not None and log.kind == kind and size >= SMALL:
        room = CHAIN_FACTOR * size + CHAIN_SLACK - log.cost - ROW_COST
        if count >= log.number and raw.startswith(log.body, start):
            added = raw[start + len(log.body) :]
            cost = len(added)
            if cost < room:
                payload = seal(APPEND, (count - log.number).to_bytes(4, "big") + added)
                return log.version, payload, Log(version, kind, count, raw[start:], log.cost + cost + ROW_COST)
        elif room > 0:
            body = _splice(log, raw) if kind == LIST else _patch(log, raw)
            if body is not None:
                # Applying it moves every element once, which costs a reader about a byte of decoding each.
                cost = len(body) + count
                if len(body) < size and cost < room:
                    payload = seal(SPLICE if kind == LIST else PATCH, body)
                    return log.version, payload, Log(version, kind, count, raw[start:], log.cost + cost + ROW_COST)
    return None, seal(FULL, raw), Log(version, kind, count, raw[start:], size + ROW_COST)


def _splice(log: Log, raw: bytes) -> bytes | None:
    """Instructions that make the new list out of the old one: `(start, number)` copies old elements, bytes are new elements."""
    old = [bytes(element) for element in _decode_list(header(LIST, log.number) + log.body)]
    new = [bytes(element) for element in _decode_list(raw)]
    places: dict[bytes, int] = {}
    for index, element in enumerate(old):
        places.setdefault(element, index)
    instructions: list[bytes | tuple[int, int]] = []
    index, total = 0, len(new)
    while index < total:
        element = new[index]
        # Prefer the element in its old place, then right after the last copy, then wherever it first was.
        place = index if index < len(old) and old[index] == element else places.get(element)
        if place is None:
            instructions.append(element)
            index += 1
            continue
        begin = index
        while index < total and place + index - begin < len(old) and old[place + index - begin] == new[index]:
            index += 1
        instructions.append((place, index - begin))
    return _encode(instructions)


def _patch(log: Log, raw: bytes) -> bytes | None:
    """`(removed keys, items set)`, or None when keys are not strings or their order cannot be reached so."""
    try:
        old = _decode_dict(header(DICT, log.number) + log.body)
        new = _decode_dict(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if len(old) != log.number:
        return None
    removed = [key for key in old if key not in new]
    kept = [key for key in old if key in new]
    # A key that is set keeps its place, a new one goes to the end: any other order needs a full value.
    if any(mine != theirs for mine, theirs in zip(kept, new, strict=False)):
        return None
    changed = {
        key: item for key, item in new.items() if (before := old.get(key)) is None or bytes(before) != bytes(item)
    }
    return _encode((removed, changed))


def assemble_value(payloads: Sequence[bytes], *, where: str, database: str) -> tuple[bytes, int]:
    """(encoded value, cost of its chain) from a full payload and the differences after it, oldest first."""
    tag, raw = unseal(payloads[0], where=where, database=database)
    if tag != FULL:
        raise CorruptRecordError(
            f"the version on which {where} builds is missing",
            database=database,
            remedy="Delete the thread with delete_thread(), or restore the file from a backup.",
        )
    cost = len(raw) + ROW_COST
    if len(payloads) == 1:
        return raw, cost
    value = _Unfolding(raw)
    for payload in payloads[1:]:
        tag, body = unseal(payload, where=where, database=database)
        cost += ROW_COST
        if tag == APPEND:
            value.append(int.from_bytes(body[:4], "big"), body[4:])
            cost += len(body) - 4
            continue
        if tag == SPLICE:
            value.splice(_decode_splice(body))
        elif tag == PATCH:
            value.patch(*_decode_patch(body))
        else:
            raise CorruptRecordError(
                f"{where} has the unknown payload tag {tag}",
                database=database,
                remedy="Open the file with the version of actograph that wrote it.",
            )
        cost += len(body) + value.count
    return value.join(), cost


class _Unfolding:
    """A value while differences are applied to it: bytes as long as they only append, elements from the first other difference on."""

    __slots__ = ("count", "elements", "items", "kind", "parts", "pending")

    def __init__(self, raw: bytes) -> None:
        self.kind, self.count, start = measure(raw)
        self.parts = [raw[start:]]
        self.pending = self.count
        self.elements: list[bytes] = []
        self.items: dict[str, msgspec.Raw] = {}

    def append(self, number: int, body: bytes) -> None:
        self.count += number
        self.pending += number
        self.parts.append(body)

    def _settle(self) -> None:
        """Split what is still bytes into elements."""
        if not self.pending:
            return
        encoded = header(self.kind, self.pending) + b"".join(self.parts)
        if self.kind == LIST:
            self.elements += [bytes(element) for element in _decode_list(encoded)]
        else:
            self.items.update(_decode_dict(encoded))
        self.parts = []
        self.pending = 0

    def splice(self, instructions: list[bytes | tuple[int, int]]) -> None:
        self._settle()
        old, new = self.elements, list[bytes]()
        for instruction in instructions:
            if isinstance(instruction, bytes):
                new.append(instruction)
            else:
                place, number = instruction
                new += old[place : place + number]
        self.elements = new
        self.count = len(new)

    def patch(self, removed: list[str], changed: dict[str, msgspec.Raw]) -> None:
        self._settle()
        for key in removed:
            self.items.pop(key, None)
        self.items.update(changed)
        self.count = len(self.items)

    def join(self) -> bytes:
        settled = (
            self.elements if self.kind == LIST else [_encode(key) + bytes(item) for key, item in self.items.items()]
        )
        return b"".join((header(self.kind, self.count), *settled, *self.parts))
