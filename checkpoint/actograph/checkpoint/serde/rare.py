"""Standard types of modules that few programs load: numbers, paths, addresses, time zones, arrays. One loader for each module."""

from __future__ import annotations

from typing import Any, Final

from actograph.checkpoint.serde.builtin import parts_of, text_of
from actograph.checkpoint.serde.registry import register_builtin

__all__ = ("LOADERS",)


def _array() -> None:
    from array import array

    def decode(state: Any) -> array[Any]:
        code, data = parts_of(state, str, bytes)
        return array(code, data)

    register_builtin(array, "array", lambda value: [value.typecode, value.tobytes()], decode)


def _decimal() -> None:
    from decimal import Decimal

    register_builtin(Decimal, "decimal", str, lambda state: Decimal(text_of(state)))


def _fractions() -> None:
    from fractions import Fraction

    def decode(state: Any) -> Fraction:
        numerator, denominator = parts_of(state, int, int)
        if denominator <= 0:
            raise ValueError("the denominator of a Fraction is greater than 0")
        # Stored in lowest terms. Made without the constructor, whose gcd takes quadratic time on numbers from hostile bytes.
        value: Any = object.__new__(Fraction)
        value._numerator, value._denominator = numerator, denominator
        made: Fraction = value
        return made

    register_builtin(Fraction, "fraction", lambda value: [value.numerator, value.denominator], decode)


def _ipaddress() -> None:
    import ipaddress

    for name in ("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network", "IPv4Interface", "IPv6Interface"):
        _text_like(getattr(ipaddress, name))


def _pathlib() -> None:
    import pathlib

    for name in ("PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath"):
        _text_like(getattr(pathlib, name))


def _text_like(cls: Any) -> None:
    """A class whose `str` is what its constructor takes."""
    register_builtin(cls, cls.__name__, str, lambda state: cls(text_of(state)))


def _zoneinfo() -> None:
    import re
    from zoneinfo import ZoneInfo

    # Nothing but names of zones: others might lead to other files.
    is_name = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}").fullmatch

    def encode(value: ZoneInfo) -> str:
        if not value.key or not is_name(value.key):
            raise ValueError("a ZoneInfo made from a file has no key by which it is found again")
        return value.key

    def decode(state: Any) -> ZoneInfo:
        if not is_name(text_of(state)):
            raise ValueError(f"{state!r:.80} is no name of a time zone")
        return ZoneInfo(state)

    register_builtin(ZoneInfo, "zone", encode, decode)


LOADERS: Final = {
    "array": _array,
    "decimal": _decimal,
    "fractions": _fractions,
    "ipaddress": _ipaddress,
    "pathlib": _pathlib,
    "zoneinfo": _zoneinfo,
}
"""By module."""
