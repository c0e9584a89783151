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
    from actograph.pregel.langchain.current import enter
    from actograph.pregel.langchain.trace import open_trace

    return enter, open_trace(name, given, config, modes, sync=sync)


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
