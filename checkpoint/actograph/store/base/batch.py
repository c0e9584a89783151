"""A base for stores whose operations are cheaper together: what is asked within one turn of the loop goes into one batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

from actograph.store.base.items import Item, Result, SearchItem
from actograph.store.base.ops import NOT_PROVIDED, NamespacePath, NotProvided, Op, PutOp
from actograph.store.base.store import BaseStore, delete_op, get_op, list_op, put_op, search_op

__all__ = ("AsyncBatchedBaseStore",)

_Waiting = list[tuple[Op, "asyncio.Future[Result]"]]


class AsyncBatchedBaseStore(BaseStore):
    """Gathers calls of the async methods (`aget`, `aput`, ...) that come at once, and hands them to `abatch` together.

    A subclass writes `abatch`. It is made where a loop runs and belongs to that loop. The sync methods may be called from other threads,
    while the loop runs; in the loop's own thread they would wait for themselves, so there they raise.
    """

    __slots__ = ("_draining", "_loop", "_waiting")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: _Waiting = []
        self._draining: asyncio.Task[None] | None = None

    # -- gathering -----------------------------------------------------------------------------------------------------------------

    def _ask(self, op: Op) -> asyncio.Future[Result]:
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError(
                f"{type(self).__name__} belongs to the event loop that it was made in, which is not this one: make a store in each loop"
            )
        future: asyncio.Future[Result] = self._loop.create_future()
        self._waiting.append((op, future))
        if self._draining is None or self._draining.done():
            self._draining = self._loop.create_task(self._drain())
        return future

    async def _drain(self) -> None:
        # A task only as long as there is something to do, so that the store needs no closing.
        while self._waiting:
            taken, self._waiting = self._waiting, []
            taken = [(op, future) for op, future in taken if not future.done()]
            try:
                await self._settle(taken)
            finally:
                for _, future in taken:
                    future.cancel()  # those that have no answer: the loop is closing

    async def _settle(self, taken: _Waiting) -> None:
        if not taken:
            return
        ops, places = together([op for op, _ in taken])
        try:
            results = await self.abatch(ops)
        except Exception as error:
            if len(taken) == 1:
                _set(taken[0][1], error)
                return
            # One of them may have spoilt it for the others. Carrying them out again changes nothing: puts and reads can be repeated.
            for one in taken:
                await self._settle([one])
            return
        for (_, future), place in zip(taken, places, strict=True):
            if not future.done():
                future.set_result(None if place is None else results[place])

    # -- async -----------------------------------------------------------------------------------------------------------------------

    async def aget(self, namespace: tuple[str, ...], key: str, *, refresh_ttl: bool | None = None) -> Item | None:
        """As `BaseStore.aget`."""
        return cast("Item | None", await self._ask(get_op(self, namespace, key, refresh_ttl)))

    async def asearch(
        self,
        namespace_prefix: tuple[str, ...],
        /,
        *,
        query: str | None = None,
        filter: dict[str, Any] | None = None,
        limit: int = 10,
        offset: int = 0,
        refresh_ttl: bool | None = None,
    ) -> list[SearchItem]:
        """As `BaseStore.asearch`."""
        op = search_op(self, namespace_prefix, query, filter, limit, offset, refresh_ttl)
        return cast("list[SearchItem]", await self._ask(op))

    async def aput(
        self,
        namespace: tuple[str, ...],
        key: str,
        value: Mapping[str, Any],
        index: Literal[False] | list[str] | None = None,
        *,
        ttl: float | NotProvided | None = NOT_PROVIDED,
    ) -> None:
        """As `BaseStore.aput`."""
        await self._ask(put_op(self, namespace, key, value, index, ttl))

    async def adelete(self, namespace: tuple[str, ...], key: str) -> None:
        """As `BaseStore.adelete`."""
        await self._ask(delete_op(namespace, key))

    async def alist_namespaces(
        self,
        *,
        prefix: NamespacePath | None = None,
        suffix: NamespacePath | None = None,
        max_depth: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[tuple[str, ...]]:
        """As `BaseStore.alist_namespaces`."""
        return cast("list[tuple[str, ...]]", await self._ask(list_op(prefix, suffix, max_depth, limit, offset)))

    # -- sync, from other threads ----------------------------------------------------------------------------------------------------

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """As `BaseStore.batch`. Raises asyncio.InvalidStateError in the thread of the store's loop, RuntimeError when that is closed."""
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        if running is self._loop:
            raise asyncio.InvalidStateError(
                f"a sync method of {type(self).__name__} was called in the loop that the store runs in, and would wait for ever: use the "
                "async one, e.g. `await store.aget(...)`, or call it from another thread"
            )
        if self._loop.is_closed():
            raise RuntimeError(
                f"the event loop that {type(self).__name__} was made in is closed: make a store in the loop that runs now"
            )
        return asyncio.run_coroutine_threadsafe(self.abatch(ops), self._loop).result()


def together(ops: Sequence[Op]) -> tuple[list[Op], list[int | None]]:
    """The operations worth carrying out, and for each of `ops` the place of its answer among them (None: it has none).

    Equal reads are carried out once, and of puts to one key only the last.
    """
    kept: list[Op] = []
    places: list[int | None] = []
    reads: dict[Op, int] = {}
    puts: dict[tuple[tuple[str, ...], str], int] = {}
    for op in ops:
        if isinstance(op, PutOp):
            target = (tuple(op.namespace), op.key)
            place = puts.get(target)
            if place is None:
                place = puts[target] = len(kept)
                kept.append(op)
            else:
                kept[place] = op
            places.append(place)
            continue
        try:
            place = reads.get(op)
        except TypeError:  # a filter is a dict
            place = None
        else:
            if place is None:
                reads[op] = len(kept)
        if place is None:
            place = len(kept)
            kept.append(op)
        places.append(place)
    return kept, places


def _set(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
