"""Which class a codec takes, and how: its registry, then the optional libraries, then, if it may, loaded modules."""

from __future__ import annotations

import functools
import sys
import types
from typing import Any, Final

from actograph.checkpoint.serde import builtin, optional
from actograph.checkpoint.serde.registry import BUILTINS, TypeRegistry, TypeSpec, type_name
from actograph.checkpoint.serde.shapes import data_shape, is_data_class

__all__ = ("Lookup",)

REMEDY: Final = (
    "name the class in the graph's state schema, call register_type() on the saver's serializer for it, or make the serializer with"
    ' types="loaded"'
)


class Lookup:
    """Finds the `TypeSpec` of a class or of a name. What is found by class is remembered.

    Parameters:
        loaded: whether any data class of a loaded module is taken.
        allowed: names of data classes that are taken from loaded modules in any case.
    """

    __slots__ = ("__weakref__", "allowed", "by_class", "loaded", "registry")

    def __init__(self, registry: TypeRegistry, *, loaded: bool, allowed: frozenset[str]) -> None:
        self.registry = registry
        self.loaded = loaded
        self.allowed = allowed
        self.by_class: dict[type, TypeSpec] = {}
        registry.watch(self)

    def forget(self) -> None:
        """A class was registered anew: ask the registry again."""
        self.by_class.clear()

    def of_class(self, cls: type) -> TypeSpec | None:
        """How this class is written, or None: then `why_not` says why."""
        spec = self.by_class.get(cls)
        if spec is None and (spec := self._find(cls)) is not None:
            self.by_class[cls] = spec
        return spec

    def _find(self, cls: Any) -> TypeSpec | None:
        if issubclass(cls, BaseException):
            return self.registry.by_class(cls) or builtin.EXCEPTION
        spec = self.registry.by_class(cls) or optional.numpy_spec(cls) or optional.langchain_spec(cls)
        if spec is not None:
            return spec
        name = type_name(cls)
        if (self.loaded and is_data_class(cls)) or name in self.allowed:
            # Only what can be found again by its name.
            shape = data_shape(cls)
            found: Any = optional.find_loaded(name)
            if shape is not None and found is cls:
                return TypeSpec(name, found, *shape)
        return None

    def of_builtin(self, cls: type) -> TypeSpec | None:
        """How a built-in type, or an exception, is written; None for other classes."""
        spec = BUILTINS.by_class(cls)
        if spec is None:
            return builtin.EXCEPTION if issubclass(cls, BaseException) else None
        self.by_class[cls] = spec
        return spec

    def of_any(self, cls: Any) -> TypeSpec | None:
        """How data of any class is taken apart and put together, whether or not it can be found again by a name."""
        spec = self.registry.by_class(cls) or optional.numpy_spec(cls)
        if spec is None and (shape := data_shape(cls)) is not None:
            spec = TypeSpec("", cls, *shape)
        return spec

    def why_not(self, cls: type) -> str:
        """Why a class is refused, with the remedy."""
        if is_data_class(cls):
            if self.loaded:
                return (
                    f"the class cannot be found again as {cls.__qualname__!r} in module {cls.__module__!r}; define it at the top level of"
                    " a module, or call register_type() on the saver's serializer for it"
                )
            return f"the class is not known; {REMEDY}"
        if issubclass(cls, (types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial)):
            return "functions cannot be stored; keep its name, and look the function up where it is used"
        if cls.__module__.partition(".")[0] == "numpy" and "numpy" in sys.modules:
            return "only plain NumPy arrays and scalars can be stored; convert it with numpy.asarray()"
        return "it is no data class: call register_type(cls, encode=, decode=) on the saver's serializer, or leave it out of the state"

    def of_name(self, name: str) -> TypeSpec | None:
        """What stored bytes mean by a name, or None."""
        spec = self.registry.by_name(name)
        if spec is not None:
            return spec
        if name.startswith("numpy:"):
            return optional.numpy_by_name(name)
        cls = optional.find_loaded(name)
        if cls is None:
            return None
        if (self.loaded and is_data_class(cls)) or name in self.allowed:
            shape = data_shape(cls)
            return None if shape is None else TypeSpec(name, cls, *shape)
        return optional.langchain_spec(cls)

    def why_unknown(self, name: str) -> str:
        """Why a stored name means nothing here, with the remedy."""
        module = name.partition(":")[0]
        if module and ":" in name and module not in sys.modules:
            return f"its module is not loaded, and reading never imports; import {module} before the value is read, and {REMEDY}"
        return REMEDY
