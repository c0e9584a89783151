"""The edge of a saver: ids out of configurations, filters, and the next version of a channel."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Mapping
from typing import Any

from actograph.checkpoint.base import RunnableConfig

_dice = random.Random()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_dice.seed)


def configurable_of(config: RunnableConfig) -> Mapping[str, Any]:
    """`config["configurable"]`. Raises KeyError, saying what is missing."""
    found = config.get("configurable")
    if found is None:
        raise KeyError('configurable: a saver needs config["configurable"]["thread_id"]')
    return found


def thread_of(config: RunnableConfig) -> str:
    """The thread id as text. Raises KeyError when there is none, TypeError or ValueError when it is not usable."""
    configurable = configurable_of(config)
    try:
        return checked_thread(configurable["thread_id"])
    except KeyError:
        raise KeyError('thread_id: a saver needs config["configurable"]["thread_id"]') from None


def checked_thread(thread_id: Any) -> str:
    """A thread id as text: text, an integer, or a UUID."""
    if type(thread_id) is not str:
        if isinstance(thread_id, bool) or not isinstance(thread_id, str | int | uuid.UUID):
            raise TypeError(f"thread_id is a str or an int, not {type(thread_id).__name__}: {thread_id!r:.80}")
        thread_id = str(thread_id)
    return checked_text("thread_id", thread_id)


def checked_text(name: str, text: Any) -> str:
    """An id that storage can hold and find again. Raises TypeError or ValueError that names it."""
    if not isinstance(text, str):
        raise TypeError(f"{name} is a str, not {type(text).__name__}: {text!r:.80}")
    if text.isascii():
        if "\0" not in text:
            return text
    elif "\0" not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass  # a lone surrogate: refused below
        else:
            return text
    raise ValueError(f"{name} has a NUL or a lone surrogate, which cannot be stored in an id: {text!r:.80}")


def namespace_of(config: RunnableConfig) -> str:
    """The checkpoint namespace; the root graph's is empty."""
    return checked_text("checkpoint_ns", configurable_of(config).get("checkpoint_ns") or "")


def checkpoint_of(config: RunnableConfig) -> str | None:
    """The checkpoint id, or None for the newest."""
    found = configurable_of(config).get("checkpoint_id")
    return checked_text("checkpoint_id", found) if found else None


def filter_paths(filter: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    """Pairs of a JSON path and a value. In a key, dots lead into nested objects. Raises ValueError for a key that is no path."""
    found = []
    for key, value in (filter or {}).items():
        parts = key.split(".") if isinstance(key, str) else [""]
        if not all(parts) or any(character in key for character in '"\\\0'):
            raise ValueError(
                f"Invalid filter key: {key!r}. It is the name of a metadata key, or several with dots between; no quotes, no backslashes."
            )
        found.append(("$" + "".join(f'."{part}"' for part in parts), value))
    return found


def next_version(current: Any) -> Any:
    """A version greater than `current` (None: the first) and, but for chance, than any other fork's next version: the count in the high
    bits, 32 random bits below. Versions that are text, as other savers make, stay text."""
    if type(current) is int:
        return ((current >> 32) + 1) << 32 | _dice.getrandbits(32)
    if isinstance(current, str):
        return f"{int(current.split('.')[0]) + 1:032}.{_dice.getrandbits(53):016}"
    return (1 << 32 if current is None else ((int(current) >> 32) + 1) << 32) | _dice.getrandbits(32)
