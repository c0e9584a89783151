"""Makes graphs LangChain runnables where langchain-core is, or comes to be, imported: `prompt | graph` asks whether the graph is one.

Nothing is imported for it: a class is registered with `Runnable` when that exists, at once or when its module is executed.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_MODULE = "langchain_core.runnables.base"


def join(graph_class: type[Any]) -> None:
    """Let instances of `graph_class` be instances of LangChain's `Runnable`, now or as soon as there is one."""
    module = sys.modules.get(_MODULE)
    if module is not None and hasattr(module, "Runnable"):
        module.Runnable.register(graph_class)
    else:
        sys.meta_path.insert(0, _Finder(graph_class))


class _Finder(importlib.abc.MetaPathFinder):
    """Waits for the module, finds it where it is, and has it loaded with a sequel."""

    def __init__(self, graph_class: type[Any]) -> None:
        self._graph_class = graph_class

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        execute = spec.loader.exec_module
        graph_class = self._graph_class

        def exec_module(module: ModuleType) -> None:
            execute(module)
            module.Runnable.register(graph_class)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
