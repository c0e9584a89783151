"""`AsyncBatchedBaseStore`: calls of one turn share a batch, and one caller's trouble is not another's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from actograph.store.base import GetOp, InvalidNamespaceError, Item, ListNamespacesOp, Op, PutOp, SearchOp
from actograph.store.base.batch import AsyncBatchedBaseStore, together
from actograph.store.memory import InMemoryStore


class Store(AsyncBatchedBaseStore):
    """Keeps items in memory, counts its batches, fails for the key "bad", and can be made to wait."""

    __slots__ = ("batches", "gate", "inner")

    def __init__(self) -> None:
        super().__init__()
        self.inner = InMemoryStore()
        self.batches: list[list[Op]] = []
        self.gate: asyncio.Event | None = None

    async def abatch(self, ops: Iterable[Op]) -> list[Any]:
        ops = list(ops)
        self.batches.append(ops)
        if self.gate is not None:
            await self.gate.wait()
        if any(getattr(op, "key", "") == "bad" for op in ops):
            raise LookupError("bad key")
        return await self.inner.abatch(ops)


def test_calls_of_one_turn_share_a_batch() -> None:
    async def run() -> None:
        store = Store()
        await asyncio.gather(*(store.aput(("a",), f"k{n}", {"n": n}) for n in range(20)))
        found = await asyncio.gather(*(store.aget(("a",), f"k{n}") for n in range(20)))
        assert [item.value["n"] for item in found if item] == list(range(20))
        assert [len(batch) for batch in store.batches] == [20, 20]

    asyncio.run(run())


def test_calls_that_come_while_a_batch_runs_go_into_the_next() -> None:
    async def run() -> None:
        store = Store()
        store.gate = asyncio.Event()
        first = asyncio.create_task(store.aput(("a",), "1", {}))
        await asyncio.sleep(0.01)
        rest = [asyncio.create_task(store.aput(("a",), f"{n}", {})) for n in range(2, 6)]
        await asyncio.sleep(0.01)
        store.gate.set()
        await asyncio.gather(first, *rest)
        assert [len(batch) for batch in store.batches] == [1, 4]

    asyncio.run(run())


def test_one_that_fails_does_not_spoil_the_others() -> None:
    async def run() -> None:
        store = Store()
        outcomes = await asyncio.gather(
            store.aput(("a",), "good", {"n": 1}),
            store.aput(("a",), "bad", {}),
            store.aget(("a",), "bad"),
            store.asearch(("a",)),
            return_exceptions=True,
        )
        assert outcomes[0] is None
        assert [type(one).__name__ for one in outcomes[1:3]] == ["LookupError", "LookupError"]
        assert isinstance(outcomes[3], list)
        assert (await store.aget(("a",), "good")) is not None

    asyncio.run(run())


def test_a_caller_that_gives_up_is_left_out() -> None:
    async def run() -> None:
        store = Store()
        store.gate = asyncio.Event()
        holder = asyncio.create_task(store.aput(("a",), "first", {}))
        await asyncio.sleep(0.01)
        given_up = asyncio.create_task(store.aput(("a",), "never", {}))
        stays = asyncio.create_task(store.aput(("a",), "second", {}))
        await asyncio.sleep(0.01)
        given_up.cancel()
        await asyncio.sleep(0)
        store.gate.set()
        await asyncio.gather(holder, stays)
        assert [getattr(op, "key", None) for op in store.batches[1]] == ["second"]

    asyncio.run(run())


def test_nothing_is_left_running() -> None:
    async def run() -> None:
        store = Store()
        await store.aput(("a",), "k", {})
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_a_loop_that_ends_frees_who_waits() -> None:
    waiting: list[asyncio.Task[Any]] = []

    async def run() -> None:
        store = Store()
        store.gate = asyncio.Event()
        waiting.append(asyncio.create_task(store.aget(("a",), "k")))
        await asyncio.sleep(0.01)

    asyncio.run(run())
    assert waiting[0].cancelled()


def test_a_store_belongs_to_the_loop_it_was_made_in() -> None:
    async def make() -> Store:
        return Store()

    store = asyncio.run(make())

    async def elsewhere() -> None:
        with pytest.raises(RuntimeError, match="Store belongs to the event loop that it was made in"):
            await store.aget(("a",), "k")
        with pytest.raises(RuntimeError, match="is closed"):
            store.get(("a",), "k")

    asyncio.run(elsewhere())


def test_sync_calls_work_from_other_threads_only() -> None:
    async def run() -> None:
        store = Store()
        await asyncio.to_thread(store.put, ("a",), "k", {"n": 1})
        item = await asyncio.to_thread(store.get, ("a",), "k")
        assert item is not None and item.value == {"n": 1}
        await asyncio.to_thread(store.delete, ("a",), "k")
        assert await asyncio.to_thread(store.search, ("a",)) == []
        assert await asyncio.to_thread(store.list_namespaces) == []
        with pytest.raises(asyncio.InvalidStateError, match=r"Store.*await store\.aget"):
            store.get(("a",), "k")

    asyncio.run(run())


def test_names_and_ttl_are_checked_before_the_batch() -> None:
    async def run() -> None:
        store = Store()
        with pytest.raises(InvalidNamespaceError):
            await store.aput((), "k", {})
        with pytest.raises(NotImplementedError, match="Store keeps items until they are deleted"):
            await store.aput(("a",), "k", {}, ttl=1)
        assert store.batches == []

    asyncio.run(run())


def test_defaults_of_ttl_come_from_the_store() -> None:
    class Expiring(Store):
        __slots__ = ()
        supports_ttl = True
        ttl_config = {"default_ttl": 5.0, "refresh_on_read": False}

    async def run() -> None:
        store = Expiring()
        await store.aput(("a",), "k", {})
        await store.aput(("a",), "forever", {}, ttl=None)
        await store.aget(("a",), "k")
        await store.aget(("a",), "k", refresh_ttl=True)
        assert [batch[0].ttl for batch in store.batches[:2] if isinstance(batch[0], PutOp)] == [5.0, None]
        assert [batch[0].refresh_ttl for batch in store.batches[2:] if isinstance(batch[0], GetOp)] == [False, True]

    asyncio.run(run())


def test_together() -> None:
    get = GetOp(("a",), "k")
    search = SearchOp(("a",), {"n": 1})
    ops: list[Op] = [
        get,
        PutOp(("a",), "k", {"n": 1}),
        get,
        search,
        search,
        PutOp(("a",), "k", None),
        ListNamespacesOp(),
    ]
    kept, places = together(ops)
    assert kept == [get, PutOp(("a",), "k", None), search, search, ListNamespacesOp()]
    assert places == [0, 1, 0, 2, 3, 1, 4]


def test_items_are_items() -> None:
    async def run() -> None:
        store = Store()
        await store.aput(("a",), "k", {"n": 1})
        (found,) = await store.asearch(("a",), limit=1)
        assert isinstance(found, Item)
        assert await store.alist_namespaces(prefix=("a",), suffix=("*",), max_depth=1) == [("a",)]
        await store.adelete(("a",), "k")
        assert await store.aget(("a",), "k") is None

    asyncio.run(run())
