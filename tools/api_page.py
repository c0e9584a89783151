"""Write docs/reference/api.md: every public name of the package with one line, taken from its docstring.

usage: python tools/api_page.py          needs the extras `langchain` and `pydantic`

A test compares the page with what this makes of the code.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "reference" / "api.md"

GROUPS = {
    "Graphs": ("graph", "graph.state", "graph.message", "func", "types", "errors"),
    "Inside a node": ("config", "runtime", "managed", "constants"),
    "Running and reading": (
        "pregel",
        "stream",
        "callbacks",
        "pregel.drawing",
        "pregel.protocol",
        "pregel.debug",
        "typing",
    ),
    "Channels": ("channels",),
    "Savers": (
        "checkpoint.memory",
        "checkpoint.sqlite",
        "checkpoint.sqlite.aio",
        "checkpoint.base",
        "checkpoint.base.id",
        "checkpoint.serde.jsonplus",
        "checkpoint.serde.base",
        "checkpoint.serde.types",
        "checkpoint.serde.errors",
    ),
    "Stores and caches": (
        *("store.memory", "store.base", "store.base.batch", "store.base.embed"),
        *("cache.memory", "cache.sqlite", "cache.base"),
    ),
    "Agents": ("prebuilt.interrupt",),
    "The actor kernel": ("actors",),
}
IN_FULL = (
    "StateGraph",
    "Pregel",
    "NodeBuilder",
    "Runtime",
    "RunControl",
    "BaseCheckpointSaver",
    "BaseStore",
    "BaseCache",
)
"""Classes whose methods are listed too."""
MADE_LATE = {"MessagesState": "A state with the key `messages`, whose reducer is `add_messages`"}
"""What has no docstring, since it is made when it is asked for."""

HEAD = """# Public names

By module, each with the first sentence of its docstring; the docstrings say more (`help(StateGraph)`). Names are LangGraph's where
LangGraph has them. Made by `tools/api_page.py`.

"""


def first_sentence(text: str | None) -> str:
    """Up to the first full stop that ends a sentence, on one line, ready for a cell of a table."""
    if not text:
        return ""
    line = " ".join(text.split("\n\n")[0].split())
    return re.split(r"\.(?= [A-Z`\"'])", line)[0].rstrip(".").replace("|", "\\|").replace("<", "&lt;")


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


def public(module: ModuleType) -> list[str]:
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [
        target.id
        for node in tree(module.__name__).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and not target.id.startswith("_") and target.id != "logger"
    ]


def text_below(module: str, name: str) -> str | None:
    """The text below the assignment of a name, in the module that it was imported from in the end."""
    if name in own_texts(module):
        return own_texts(module)[name]
    for node in tree(module).body:
        match node:
            case ast.ImportFrom(module=str(source), names=names, level=level) if level or source.startswith(
                "actograph"
            ):
                if level:
                    source = resolve_name("." * level + source, importlib.import_module(module).__package__)
                for one in names:
                    if (one.asname or one.name) == name:
                        return text_below(source, one.name)
    return None


@cache
def own_texts(module: str) -> dict[str, str]:
    """The texts below a module's assignments, by name."""
    found: dict[str, str] = {}
    body = tree(module).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                match following:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        found[name] = text
    return found


def line_for(module: str, name: str, value: Any) -> str:
    own = inspect.isclass(value) or inspect.isroutine(value)
    text = MADE_LATE.get(name) or text_below(module, name) or (value.__doc__ if own else None)
    if not text and isinstance(value, str | int):
        text = f"`{value!r}`"
    return f"| `{name}` | {first_sentence(text)} |"


def methods(cls: type) -> Iterator[str]:
    """A row for each public method; the async form stands beside the sync one."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("actograph"):
            for name, value in vars(base).items():
                plain = getattr(value, "__func__", value)
                if not name.startswith("_") and (inspect.isroutine(plain) or isinstance(plain, property)):
                    found[name] = first_sentence(plain.__doc__) or found.get(name, "")
    for name, text in sorted(found.items()):
        if name.startswith("a") and name[1:] in found:
            continue
        other = f", `a{name}`" if f"a{name}" in found else ""
        yield f"| `.{name}`{other} | {text} |"


def page() -> str:
    """The text of the page."""
    told: dict[int, str] = {}
    parts = [HEAD]
    for title, names in GROUPS.items():
        parts.append(f"## {title}\n\n")
        for name in names:
            module = importlib.import_module(f"actograph.{name}")
            rows: list[str] = []
            elsewhere: dict[str, list[str]] = {}
            in_full: list[type] = []
            for one in sorted(public(module), key=lambda one: (one.lower(), one)):
                value = getattr(module, one)
                marked = inspect.isclass(value) or inspect.isroutine(value)
                if marked and id(value) in told:
                    elsewhere.setdefault(told[id(value)], []).append(one)
                    continue
                if marked:
                    told[id(value)] = name
                rows.append(line_for(module.__name__, one, value))
                if one in IN_FULL:
                    in_full.append(value)
            parts.append(f"### `actograph.{name}`\n\n{first_sentence(module.__doc__)}.\n\n")
            if rows:
                parts.append("\n".join(["| name | |", "|---|---|", *rows]) + "\n\n")
            for cls in in_full:
                parts.append("\n".join([f"| `{cls.__name__}` | |", "|---|---|", *methods(cls)]) + "\n\n")
            for source, again in elsewhere.items():
                also = f"Also here, from `{source}`: {', '.join(f'`{one}`' for one in again)}."
                parts.append(textwrap.fill(also, 140, break_long_words=False, break_on_hyphens=False) + "\n\n")
    return "".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.path[:0] = [str(REPOSITORY / root) for root in ("runtime", "actors", "checkpoint")]
    PAGE.write_text(page(), encoding="utf-8")
