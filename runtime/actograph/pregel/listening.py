"""Who listens to a run: LangChain's callbacks, where there are any. Nothing of LangChain is imported for a run that it has no part in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from actograph.pregel.shapes import MESSAGES

if TYPE_CHECKING:
    from actograph.pregel.langchain.trace import RunTrace


def listeners(
    name: str, given: Any, config: Mapping[str, Any], modes: frozenset[str], *, sync: bool
) -> tuple[Callable[[], object] | None, RunTrace | None]:
    """What lets LangChain's code find the config of the node that calls it, and what tells callbacks of the run of graph `name`.

    Both are None in a process that has not imported LangChain, unless the run has callbacks or streams messages.
    """
    if (
        "langchain_core.runnables.config" not in sys.modules
        and not config.get("callbacks")
        and not (modes & MESSAGES and _installed())
    ):
        return None, None
    try:
        from actograph.pregel.langchain.current import enter
        from actograph.pregel.langchain.trace import open_trace
    except ModuleNotFoundError as error:
        from actograph.pregel.langchain import EXTRA

        raise ModuleNotFoundError(f"config['callbacks'] {EXTRA}", name=error.name) from error
    return enter, open_trace(name, given, config, modes, sync=sync)


def surrounding() -> dict[str, Any] | None:
    """The config of the LangChain runnable, or tool, in whose code a graph is called; None outside of one, and directly in a node."""
    module = sys.modules.get("langchain_core.runnables.config")
    variable = getattr(module, "var_child_runnable_config", None)
    found: dict[str, Any] | None = None if variable is None else variable.get()
    if not found or type(found) is not dict:  # a node's own is not looked at here: see `current`
        return None
    config = {key: value for key, value in found.items() if key not in _OF_ONE_RUN and value is not None}
    if config.get("recursion_limit") == _THEIR_LIMIT:
        del config["recursion_limit"]
    return config


_OF_ONE_RUN = ("run_id", "run_name")
_THEIR_LIMIT = 25
"""LangChain's default of `recursion_limit`, which it puts into every config: it says nothing about a graph."""


def joined_callbacks(one: Any, other: Any) -> Any:
    """The callbacks of two configs, lists of handlers or managers, as one."""
    if one is other:
        return one
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    from actograph.pregel.langchain.managers import joined

    return joined(one, other)


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("langchain_core") is not None
