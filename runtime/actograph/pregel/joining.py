"""Makes graphs LangChain runnables, and commands results of its tools, where langchain-core is, or comes to be, imported:
`prompt | graph` asks whether the graph is a runnable, and a tool makes text of a result that is not known as one.

Nothing is imported for it: the classes are joined when LangChain's exist, at once or when their modules are executed.
"""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_RUNNABLES = "langchain_core.runnables.base"
_TOOLS = "langchain_core.messages.tool"


def join(graph_class: type[Any]) -> None:
    """Let instances of `graph_class` be instances of LangChain's `Runnable`, now or as soon as there is one."""
    _with(_RUNNABLES, "Runnable", lambda runnable: runnable.register(graph_class))


def join_results(command_class: type[Any]) -> None:
    """Let LangChain's tools return instances of `command_class` as they are, now or as soon as there are tools."""

    def add(mixin: type[Any]) -> None:
        # The mixin is an empty class without a metaclass: to be one of its kind takes it among the bases.
        if not issubclass(command_class, mixin):
            command_class.__bases__ = (*command_class.__bases__, mixin)

    _with(_TOOLS, "ToolOutputMixin", add)


def _with(name: str, attribute: str, use: Callable[[Any], object]) -> None:
    """Call `use` with an attribute of a module, now or as soon as the module is executed."""
    module = sys.modules.get(name)
    if module is not None and hasattr(module, attribute):
        use(getattr(module, attribute))
    else:
        sys.meta_path.insert(0, _Finder(name, attribute, use))


class _Finder:
    """Waits for the module, finds it where it is, and has it loaded with a sequel."""

    def __init__(self, name: str, attribute: str, use: Callable[[Any], object]) -> None:
        self._name = name
        self._attribute = attribute
        self._use = use

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            if hasattr(module, self._attribute):
                self._use(getattr(module, self._attribute))

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
