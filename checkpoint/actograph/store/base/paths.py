"""Paths into an item: which texts of it are embedded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

__all__ = ("get_text_at_path", "tokenize_path")

_TOKEN: Final = re.compile(r"\[[^\]]*\]?|[^.\[{][^.\[]*")


def tokenize_path(path: str) -> list[str]:
    """The parts of a path: names, places in lists (`"[0]"`, `"[-1]"`, `"[*]"`), `"*"` for all, and choices (`"{a,b.c}"`).

    `tokenize_path("chapters[*].{title,notes[0]}")` is `["chapters", "[*]", "{title,notes[0]}"]`.
    """
    tokens = []
    place = 0
    while place < len(path):
        if path[place] == "{":
            end = _closing(path, place)
            tokens.append(path[place:end])
            place = end
        elif found := _TOKEN.match(path, place):
            tokens.append(found.group())
            place = found.end()
        else:
            place += 1  # a period
    return tokens


def _closing(path: str, start: int) -> int:
    """The place behind the brace that closes the one at `start`; the end when nothing closes it."""
    depth = 0
    for place in range(start, len(path)):
        depth += {"{": 1, "}": -1}.get(path[place], 0)
        if depth == 0:
            return place + 1
    return len(path)


def get_text_at_path(obj: Any, path: str | list[str]) -> list[str]:
    """The texts that a path leads to in `obj`: none, one or several. Objects and lists count as their JSON, the path `"$"` or `""` as all
    of `obj`. A part that does not fit what it finds leads to nothing."""
    if not path or path == "$":
        return [_json(obj)]
    tokens = tokenize_path(path) if isinstance(path, str) else path
    return list(_texts(obj, tokens, 0))


def _texts(value: Any, tokens: list[str], place: int) -> Iterator[str]:
    if place == len(tokens):
        if isinstance(value, dict | list):
            yield _json(value)
        elif value is not None:
            yield str(value)
        return
    token = tokens[place]
    if token.startswith("[") and token.endswith("]"):
        for inner in _elements(value, token[1:-1].strip()):
            yield from _texts(inner, tokens, place + 1)
    elif token.startswith("{") and token.endswith("}"):
        for choice in _choices(token[1:-1]):
            yield from _texts(value, [*tokenize_path(choice), *tokens[place + 1 :]], 0)
    elif token == "*":
        every = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        for inner in every:
            yield from _texts(inner, tokens, place + 1)
    elif isinstance(value, dict) and token in value:
        yield from _texts(value[token], tokens, place + 1)


def _elements(value: Any, index: str) -> list[Any]:
    if not isinstance(value, list):
        return []
    if index == "*":
        return value
    try:
        return [value[int(index)]]
    except (ValueError, IndexError):
        return []


def _choices(text: str) -> list[str]:
    """What commas separate, outside of inner braces."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
        else:
            depth += {"{": 1, "}": -1}.get(char, 0)
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
