"""Graphs inside nodes: a node that is one, and those that a node's function refers to."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from types import CodeType
from typing import TYPE_CHECKING, Any

from actograph.constants import NS_END

if TYPE_CHECKING:
    from actograph.pregel.base import PregelBase
    from actograph.pregel.main import Pregel


def graphs_in(code: Any) -> Iterator[Pregel[Any, Any, Any, Any]]:
    """The compiled graphs in a node's code, in order: the code itself, the steps of a LangChain sequence, and what a plain function names
    (its free and global variables, and attributes of those). Objects that only the running code can know are not found."""
    from actograph.pregel.base import PregelBase

    seen: set[int] = set()
    for found in _objects(code):
        if isinstance(found, PregelBase) and id(found) not in seen:
            seen.add(id(found))
            yield found  # type: ignore[misc]


def keeps_state_within(code: Any) -> bool:
    """Whether a node's code calls a graph that keeps a state."""
    return any(found.checkpointer is not False for found in graphs_in(code))


def _objects(code: Any) -> Iterator[Any]:
    yield code
    steps = getattr(code, "steps", None)
    if isinstance(steps, list):
        for step in steps:
            yield from _objects(step)
        return
    for name in ("func", "afunc"):  # a LangChain lambda
        inner = getattr(code, name, None)
        if inspect.isfunction(inner):
            yield from _named_by(inner)
    if inspect.isfunction(code):
        yield from _named_by(code)


def _named_by(function: Any) -> Iterator[Any]:
    function = inspect.unwrap(function)
    names = _names(function.__code__)
    scope: dict[str, Any] = {name: function.__globals__[name] for name in names if name in function.__globals__}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            scope[name] = cell.cell_contents
        except ValueError:
            continue  # the variable has no value yet
    if not scope:
        return
    for chain in _chains(function, scope):
        value = scope[chain[0]]
        yield value
        for attribute in chain[1:]:
            try:
                value = inspect.getattr_static(value, attribute)
            except AttributeError:
                break
            yield value


def _names(code: CodeType) -> list[str]:
    """The global names and attributes in a piece of code, and in the functions inside it."""
    names = [*code.co_names]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names += _names(constant)
    return names


def _chains(function: Any, scope: dict[str, Any]) -> list[tuple[str, ...]]:
    """Names and attributes of names in a function's text, e.g. `holder.graph`; just the names where there is no text."""
    read = _chains_in(function.__code__)
    if read is None:
        return [(name,) for name in scope]
    return [chain for chain in read if chain[0] in scope]


@lru_cache(maxsize=1024)
def _chains_in(code: CodeType) -> tuple[tuple[str, ...], ...] | None:
    """All that a function's text names; None for a lambda in the midst of a statement, or code without a file."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, TypeError, SyntaxError):
        return None
    found: dict[tuple[str, ...], None] = {}
    for node in ast.walk(tree):
        chain: list[str] = []
        while isinstance(node, ast.Attribute):
            chain.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            found[(node.id, *reversed(chain))] = None
    return tuple(found)


def schemas_below(graph: PregelBase[Any, Any, Any, Any]) -> Callable[[tuple[str, ...]], Any]:
    """Finds the schemas (of the state, of the output) of the sub-graph that streams under a namespace relative to `graph`; None where the
    code of a node names several graphs, or none."""

    @cache
    def schemas(names: tuple[str, ...]) -> Any:
        inside: Any = graph
        for name in names:
            node = inside.plan.nodes.get(name)
            found = [] if node is None else list(graphs_in(node.code))
            if len(found) != 1:
                return None
            inside = found[0]
        builder = getattr(inside, "builder", None)
        return None if builder is None else (builder.state_schema, builder.output_schema)

    # A second call in one task has a number behind the task's part of the namespace.
    return lambda ns: schemas(tuple(part.split(NS_END, 1)[0] for part in ns if not part.isdecimal()))


__all__ = ("graphs_in", "keeps_state_within", "schemas_below")
