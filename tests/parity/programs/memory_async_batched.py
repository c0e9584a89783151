"""memory: Store

A store of one's own on `AsyncBatchedBaseStore`: calls of one turn go into one batch, equal reads and puts to one key once; sync calls
in its own loop raise, from another thread they work.
"""

from __future__ import annotations

import asyncio

from actograph.store.base.batch import AsyncBatchedBaseStore
from actograph.store.memory import InMemoryStore


class Counting(AsyncBatchedBaseStore):
    def __init__(self):
        super().__init__()
        self.inner = InMemoryStore()
        self.batches = []

    async def abatch(self, ops):
        ops = list(ops)
        self.batches.append(len(ops))
        return await self.inner.abatch(ops)


async def main(t):
    store = Counting()
    await asyncio.gather(*(store.aput(("a",), f"k{n}", {"n": n}) for n in range(5)))
    t.record("five puts", store.batches)
    store.batches = []
    found = await asyncio.gather(*(store.aget(("a",), f"k{n % 2}") for n in range(6)))
    t.record("six reads of two items", [store.batches, [item.value for item in found]])
    store.batches = []
    await asyncio.gather(*(store.aput(("a",), "same", {"n": n}) for n in range(4)))
    t.record("four puts to one key", [store.batches, (await store.aget(("a",), "same")).value])
    store.batches = []
    mixed = await asyncio.gather(
        store.aget(("a",), "k0"), store.asearch(("a",), limit=2), store.alist_namespaces(), store.adelete(("a",), "k4")
    )
    t.record("mixed", [store.batches, mixed[0].value, [item.key for item in mixed[1]], mixed[2], mixed[3]])
    t.record("deleted", await store.aget(("a",), "k4"))
    with t.raises("get in the loop"):
        store.get(("a",), "k0")
    with t.raises("put in the loop"):
        store.put(("a",), "k0", {})
    with t.raises("search in the loop"):
        store.search(("a",))
    t.record("sync in a thread", (await asyncio.to_thread(store.get, ("a",), "k1")).value)
    await asyncio.to_thread(store.put, ("a",), "threaded", {"v": 1})
    t.record("put in a thread", (await store.aget(("a",), "threaded")).value)
    with t.raises("names are checked before", culprit=["a.b"]):
        await store.aput(("a.b",), "k", {})
