"""The closed set of types that stored bytes may name.

`BUILTINS` holds standard types and those of the engine, for the whole process; each serializer has a registry of its own above it, for the
classes of the graphs that use it. A name in stored bytes is only ever looked up here: nothing is imported, nothing is called but the
decoder registered for it.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

import msgspec

from actograph.checkpoint.serde.shapes import data_shape

__all__ = ("BUILTINS", "TypeRegistry", "TypeSpec", "register_builtin", "type_name")

Encode = Callable[[Any], Any]
Decode = Callable[[Any], Any]


class Watcher(Protocol):
    """Remembers what a registry said."""

    def forget(self) -> None: ...


class TypeSpec(msgspec.Struct, frozen=True, gc=False):
    """How objects of one class are written and read."""

    name: str
    cls: type
    encode: Encode
    """Object to state: any value the codec can write in its turn."""
    decode: Decode
    """State to object. Gets whatever the bytes hold, so it checks its shape; may raise anything but must not trust it."""


def type_name(cls: type) -> str:
    """The stable name of a class: `module:qualname`."""
    return f"{cls.__module__}:{cls.__qualname__}"


class TypeRegistry:
    """Classes by stable name, and names by class.

    Parameters:
        parent: where to look for what is not here; `BUILTINS` by default for registries of serializers.
    """

    def __init__(self, parent: TypeRegistry | None = None) -> None:
        self.parent = parent
        self._by_class: dict[type, TypeSpec] = {}
        self._by_name: dict[str, TypeSpec] = {}
        # Classes a schema names: their loaded subclasses are data of the schema too.
        self._joined: dict[type, None] = {}
        # Loaders of types that are registered when they are first asked for, by module of the class and by name.
        self._later: dict[str, Callable[[], None]] = {}
        self._loading = False
        self._watchers: weakref.WeakSet[Watcher] = weakref.WeakSet()
        self._lock = threading.RLock()

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher.forget()` called when a class that was known already is registered anew. Held weakly."""
        self._watchers.add(watcher)
        if self.parent is not None:
            self.parent.watch(watcher)

    def register_later(self, load: Callable[[], None], *, modules: Iterable[str], names: Iterable[str]) -> None:
        """Have `load` called, which registers types, when a class of these modules or one of these names is first asked for."""
        self._later.update(dict.fromkeys((*(f"{module}:" for module in modules), *names), load))

    def _load(self, key: str) -> bool:
        """Whether to look again. Other threads wait until all is registered; the loader's own questions are answered with no."""
        if key not in self._later:
            return False
        with self._lock:
            load = self._later.get(key)
            if load is not None:
                if self._loading:
                    return False
                self._loading = True
                try:
                    load()
                finally:
                    self._loading = False
                self._later = {other: loader for other, loader in self._later.items() if loader is not load}
        return True

    def register_type(
        self,
        cls: type,
        *,
        name: str | None = None,
        encode: Encode | None = None,
        decode: Decode | None = None,
    ) -> None:
        """Let values of exactly this class be stored.

        Parameters:
            cls: the class. Data classes (dataclass, Pydantic, Struct, NamedTuple, Enum) and subclasses of standard containers and
                scalars need no more; for any other give `encode` and `decode`.
            name: what stored bytes call it, `module:qualname` by default. With a name, the class may move or be renamed later. Values
                stored under the default name stay readable.
            encode: makes of an object a state: any value that can be stored itself.
            decode: makes the object of that state.

        Raises:
            TypeError: the class is no data class and `encode` or `decode` is missing.
            ValueError: another class has that name.
        """
        if not isinstance(cls, type):
            raise TypeError(f"register_type() takes a class, not {cls!r}")
        if (encode is None) != (decode is None):
            raise TypeError(f"register_type({type_name(cls)}) needs both encode= and decode=, or neither")
        if encode is None or decode is None:
            shape = data_shape(cls)
            if shape is None:
                raise TypeError(
                    f"{type_name(cls)} is no dataclass, Pydantic model, Struct, NamedTuple or Enum, so it cannot be taken apart by itself;"
                    f" give register_type() encode= and decode="
                )
            encode, decode = shape
        own = type_name(cls)
        spec = TypeSpec(name or own, cls, encode, decode)
        with self._lock:
            taken = self.by_name(spec.name)
            if taken is not None and taken.cls is not cls and type_name(taken.cls) != own:
                raise ValueError(f"the name {spec.name!r} is {type_name(taken.cls)} already; give {own} another name=")
            # A class defined anew under its old name (a notebook cell, a factory) takes the place of the earlier one.
            self._by_name[spec.name] = spec
            self._by_name.setdefault(own, spec)
            self._by_class[cls] = spec
        for watcher in tuple(self._watchers):
            watcher.forget()

    def join(self, declared: Any) -> None:
        """Register every data class that a declared type names, at any depth: in TypedDicts, fields, generics, unions, `Annotated`.

        Names that cannot be resolved are passed over: a value of such a class is refused when it is written. Classes known already keep
        their names.
        """
        from actograph.checkpoint.serde.schema import classes_in

        for cls in classes_in(declared):
            with self._lock:
                self._joined[cls] = None
                known = self.by_class(cls)
                if known is not None:
                    # The newest class of a name is the one that is read back.
                    self._by_name[known.name] = known
                elif data_shape(cls) is not None:
                    self._adopt(cls)

    def by_class(self, cls: type) -> TypeSpec | None:
        """How this class is stored, or None. A subclass of a class that `join` found is registered on the way."""
        spec = self._by_class.get(cls)
        if spec is not None:
            return spec
        if self.parent is not None and (spec := self.parent.by_class(cls)) is not None:
            return spec
        if self._later and self._load(f"{cls.__module__}:"):
            return self.by_class(cls)
        if self._joined and any(base in self._joined for base in cls.__mro__[1:]) and data_shape(cls) is not None:
            return self._adopt(cls)
        return None

    def by_name(self, name: str) -> TypeSpec | None:
        """What stored bytes mean by this name, or None. Loaded subclasses of the classes that `join` found count as known."""
        spec = self._by_name.get(name)
        if spec is not None:
            return spec
        if self.parent is not None and (spec := self.parent.by_name(name)) is not None:
            return spec
        if self._later and self._load(name):
            return self.by_name(name)
        for cls in self._descendants():
            if type_name(cls) == name and data_shape(cls) is not None:
                return self._adopt(cls)
        return None

    def classes(self) -> tuple[type, ...]:
        """The classes registered here, without the parent's."""
        return tuple(self._by_class)

    def _adopt(self, cls: type) -> TypeSpec | None:
        shape = data_shape(cls)
        if shape is None:
            return None
        spec = TypeSpec(type_name(cls), cls, *shape)
        with self._lock:
            self._by_class[cls] = spec
            self._by_name[spec.name] = spec
        return spec

    def _descendants(self) -> Iterator[type]:
        with self._lock:
            todo = list(self._joined)
        seen = set(todo)
        while todo:
            found: list[type] = type.__subclasses__(todo.pop())
            for cls in found:
                if cls not in seen:
                    seen.add(cls)
                    todo.append(cls)
                    yield cls


BUILTINS: Final = TypeRegistry()
"""Types that every codec of the process knows."""


def register_builtin(cls: type, name: str, encode: Encode, decode: Decode) -> None:
    """Let every codec of the process store values of exactly this class, under `name`. For the engine's own types, at import.

    `encode` makes of an object a state that can be stored itself; `decode` makes the object of that state, which it must not trust.
    """
    BUILTINS.register_type(cls, name=name, encode=encode, decode=decode)
