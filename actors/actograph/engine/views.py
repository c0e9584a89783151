"""Chunks of a stream, made from what tasks wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actograph.constants import RETURN


def update_of(writes: Sequence[tuple[str, Any]], keys: str | Sequence[str]) -> Any:
    """What a task's writes to `keys` look like in the "updates" stream: a dict; a dict for each write when a key was written more than
    once; the value itself for a single output channel; None when nothing there was written."""
    if isinstance(keys, str):
        result = None
        for key, value in writes:
            if key == RETURN:
                return value
            if key == keys:
                result = value
        return result
    shown: dict[str, Any] = {}
    repeated = False
    for key, value in writes:
        if key == RETURN:
            return value
        if key in keys:
            repeated = repeated or key in shown
            shown[key] = value
    if repeated:
        return [{key: value} for key, value in writes if key in keys]
    return shown or None


def result_of(writes: Sequence[tuple[str, Any]], keys: str | Sequence[str]) -> Any:
    """What a task's writes look like as its result in a snapshot: a dict, where `{"$writes": [...]}` stands for a key written more than
    once; the value itself for a single output channel."""
    if isinstance(keys, str):
        return update_of(writes, keys)
    by_key: dict[str, list[Any]] = {}
    for key, value in writes:
        if key == RETURN:
            return value
        if key in keys:
            by_key.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else {"$writes": values} for key, values in by_key.items()}


def watched(keys: str | Sequence[str], usual: str | Sequence[str], names: frozenset[str]) -> frozenset[str]:
    """The channels behind `keys`; `names` are those behind the `usual` ones."""
    if keys is usual:
        return names
    return frozenset((keys,) if isinstance(keys, str) else keys)
