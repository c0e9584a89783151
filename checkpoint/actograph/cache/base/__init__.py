"""What a cache of node results is: the interface that graphs use, and that other caches implement."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from actograph.checkpoint.serde.base import SerializerProtocol
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer

__all__ = ("BaseCache", "FullKey", "Namespace", "ValueT")

ValueT = TypeVar("ValueT")
"""What a cache holds."""

Namespace = tuple[str, ...]
"""Whose entries they are: a node's results share one."""

FullKey = tuple[Namespace, str]
"""A namespace, and a key within it."""


class BaseCache(ABC, Generic[ValueT]):
    """Values by namespace and key, each for ever or for some seconds.

    Every method has a sync and an async form; graphs use the one that fits how they are run.

    Parameters:
        serde: how values become bytes, with `dumps_typed` and `loads_typed`; by default one that takes data of classes that are loaded, and
            reads without running code.
    """

    serde: SerializerProtocol = JsonPlusSerializer(types="loaded")

    def __init__(self, *, serde: SerializerProtocol | None = None) -> None:
        if serde is not None:
            self.serde = serde

    @abstractmethod
    def get(self, keys: Sequence[FullKey]) -> dict[FullKey, ValueT]:
        """The values that are there and have not expired, by key."""

    @abstractmethod
    async def aget(self, keys: Sequence[FullKey]) -> dict[FullKey, ValueT]:
        """`get`, for async code."""

    @abstractmethod
    def set(self, pairs: Mapping[FullKey, tuple[ValueT, int | None]]) -> None:
        """Keep values, each with the seconds it is good for, or None for ever; in place of those that were there."""

    @abstractmethod
    async def aset(self, pairs: Mapping[FullKey, tuple[ValueT, int | None]]) -> None:
        """`set`, for async code."""

    @abstractmethod
    def clear(self, namespaces: Sequence[Namespace] | None = None) -> None:
        """Drop what is in exactly these namespaces; everything, for None."""

    @abstractmethod
    async def aclear(self, namespaces: Sequence[Namespace] | None = None) -> None:
        """`clear`, for async code."""
