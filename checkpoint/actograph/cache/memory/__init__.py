"""A cache in this process's memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final

from actograph.cache.base import BaseCache, FullKey, Namespace, ValueT
from actograph.checkpoint.serde.base import SerializerProtocol
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer

__all__ = ("InMemoryCache",)

_SWEEP_FROM: Final = 256


class InMemoryCache(BaseCache[ValueT]):
    """Values in a dict, encoded, so that nobody's later mutation changes what is cached. Thread-safe, for any number of event loops.

    Any object is taken: what cannot be encoded is kept by reference. Entries that have expired are dropped as the cache grows.

    Parameters:
        serde: how values become bytes; by default a `JsonPlusSerializer(types="any")`.
    """

    def __init__(self, *, serde: SerializerProtocol | None = None) -> None:
        super().__init__(serde=JsonPlusSerializer(types="any") if serde is None else serde)
        self._spaces: dict[Namespace, dict[str, tuple[str, bytes, float | None]]] = {}
        self._lock = threading.Lock()
        self._size = 0
        self._sweep_at = _SWEEP_FROM

    def get(self, keys: Sequence[FullKey]) -> dict[FullKey, ValueT]:
        """The values that are there and have not expired, by key."""
        found: dict[FullKey, tuple[str, bytes]] = {}
        with self._lock:
            now = time.monotonic() if keys else 0.0
            for namespace, key in keys:
                space = self._spaces.get(namespace)
                entry = space.get(key) if space is not None else None
                if entry is None:
                    continue
                kind, data, expiry = entry
                if expiry is None or now < expiry:
                    found[(namespace, key)] = (kind, data)
                elif space is not None:
                    del space[key]
                    self._size -= 1
        return {key: self.serde.loads_typed(data) for key, data in found.items()}

    async def aget(self, keys: Sequence[FullKey]) -> dict[FullKey, ValueT]:
        """`get`, which does not wait for anything."""
        return self.get(keys)

    def set(self, keys: Mapping[FullKey, tuple[ValueT, int | None]]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Keep values, each with the seconds it is good for, or None for ever.

        Raises what the serializer raises for a value it does not take.
        """
        encoded = {key: (*self.serde.dumps_typed(value), ttl) for key, (value, ttl) in keys.items()}
        with self._lock:
            now = time.monotonic()
            for (namespace, key), (kind, data, ttl) in encoded.items():
                space = self._spaces.setdefault(namespace, {})
                self._size += key not in space
                space[key] = (kind, data, None if ttl is None else now + ttl)
            if self._size >= self._sweep_at:
                self._sweep(now)

    async def aset(self, keys: Mapping[FullKey, tuple[ValueT, int | None]]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """`set`, which does not wait for anything."""
        self.set(keys)

    def clear(self, namespaces: Sequence[Namespace] | None = None) -> None:
        """Drop what is in exactly these namespaces; everything, for None."""
        with self._lock:
            if namespaces is None:
                self._spaces.clear()
            else:
                for namespace in namespaces:
                    self._spaces.pop(namespace, None)
            self._size = sum(map(len, self._spaces.values()))

    async def aclear(self, namespaces: Sequence[Namespace] | None = None) -> None:
        """`clear`, which does not wait for anything."""
        self.clear(namespaces)

    def _sweep(self, now: float) -> None:
        """Drop what has expired. Done again when the cache has doubled, so that each entry pays for it once or twice."""
        kept = {
            namespace: {key: entry for key, entry in space.items() if entry[2] is None or now < entry[2]}
            for namespace, space in self._spaces.items()
        }
        self._spaces = {namespace: space for namespace, space in kept.items() if space}
        self._size = sum(map(len, self._spaces.values()))
        self._sweep_at = max(_SWEEP_FROM, 2 * self._size)
