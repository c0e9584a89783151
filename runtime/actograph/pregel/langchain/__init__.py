"""What joins a graph to LangChain, where that is installed: callbacks, the config that models find, message streams, runnables.

Only code that runs with langchain-core imports the modules of this room; see `actograph.pregel.listening`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

EXTRA = 'needs langchain-core, which is not installed: pip install "actograph[langchain]"'


def astream_events(graph: Any, input: Any, config: Any, *, version: str = "v2", **kwargs: Any) -> AsyncIterator[Any]:
    """langchain-core's events of a run: the starts, chunks and ends of everything that takes callbacks.

    `include_names`, `include_types`, `include_tags`, and the same with `exclude_`, choose among them; further `kwargs` are for `astream`.
    Raises ModuleNotFoundError without langchain-core.
    """
    events: AsyncIterator[Any] = runnable_class(f"astream_events(version={version!r})").astream_events(
        graph, input, config, version=version, **kwargs
    )
    return events


def runnable_class(asked_by: str) -> Any:
    """LangChain's `Runnable`. Raises ModuleNotFoundError, naming `asked_by`, where it is not installed."""
    try:
        from langchain_core.runnables.base import Runnable
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("langchain_core"):
            raise
        raise ModuleNotFoundError(f"{asked_by} {EXTRA}", name="langchain_core") from None
    return Runnable
