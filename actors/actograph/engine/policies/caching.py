"""Results of nodes from a cache: looked up before a task runs, kept when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from actograph.checkpoint.serde.errors import UnserializableTypeError
from actograph.constants import NO_WRITES

if TYPE_CHECKING:
    from actograph.cache.base import FullKey
    from actograph.engine.task import Task


class Caching(msgspec.Struct, frozen=True):
    """How the results of one node are cached."""

    namespace: tuple[str, ...]
    """The same for a node whenever its graph is made."""
    key: Callable[[Any], str | bytes]
    """The key of an input."""
    ttl: int | None = None
    """Seconds a result is good for; None for ever."""

    def full_key(self, task: Task) -> FullKey:
        """What the result of `task` is kept under.

        Raises what the key function raises, TypeError for a key that is no text, and UnserializableTypeError for an input that the default
        key function does not take.
        """
        try:
            key = self.key(task.input)
        except UnserializableTypeError as error:
            why = f"the default cache key of node {task.name!r} is made of it: give its CachePolicy a key_func= that leaves it out"
            raise UnserializableTypeError(error.type_name, path=error.path, key=error.key, reason=why) from error
        if isinstance(key, bytes):
            return self.namespace, key.hex()
        if not isinstance(key, str):
            raise TypeError(
                f"key_func of the cache policy of node {task.name!r} returned {key!r:.60}, of type {type(key).__name__}: a key is a str or "
                "bytes"
            )
        return self.namespace, key


async def look_up(task: Task, caching: Caching, cache: Any) -> bool:
    """Whether the cache has what the task would write; then it has written that."""
    key = task.cache_key = caching.full_key(task)
    keys = (key,)
    found = cache.get(keys) if task.run.launch.sync else await cache.aget(keys)
    if key not in found:
        return False
    task.writes = [(channel, value) for channel, value in found[key] if channel != NO_WRITES]
    task.cached = True
    return True


async def keep(task: Task, caching: Caching, cache: Any) -> None:
    """Put what the task wrote into the cache."""
    key = task.cache_key or caching.full_key(task)
    pairs = {key: (task.writes or [(NO_WRITES, None)], caching.ttl)}
    if task.run.launch.sync:
        cache.set(pairs)
    else:
        await cache.aset(pairs)
