"""Chunks of a stream, made from what tasks wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actograph.constants import RETURN


def update_of(writes: Sequence[tuple[str, Any]], keys: str | Sequence[str]) -> Any:
    """What a task's writes to `keys` look like in the "updates" stream: a dict; a list of dicts when a key was written twice; the value
    itself for a single output channel; None when nothing there was written."""
    if isinstance(keys, str):
        result = None
        for key, value in writes:
            if key == RETURN:
                return value
            if key == keys:
                result = value
        return result
    updates: list[dict[str, Any]] = []
    current: dict[str, Any] = {}
    for key, value in writes:
        if key == RETURN:
            return value
        if key in keys:
            if key in current:
                updates.append(current)
                current = {}
            current[key] = value
    if not updates:
        return current or None
    return [*updates, current]
