"""memory: Store

put, get, search, delete and list_namespaces, sync and async; a batch reads what was there before it, and of several puts to one key the
last counts.
"""

from __future__ import annotations

import asyncio

from actograph.store.base import BaseStore, GetOp, ListNamespacesOp, PutOp, SearchOp
from actograph.store.memory import InMemoryStore


def shown(items):
    return [(item.namespace, item.key, item.value) for item in items]


def main(t):
    store = InMemoryStore()
    t.record("a store", [isinstance(store, BaseStore), store.supports_ttl, store.ttl_config])
    user = ("users", "ann")
    store.put(user, "food", {"likes": "plums"})
    store.put(user, "pets", {"cat": 1})
    store.put(("users", "bob"), "food", {"likes": "figs"})
    store.put(user, "food", {"likes": "pears"})
    t.record("get", store.get(user, "food").value)
    t.record("search", shown(store.search(("users",))))
    t.record("namespaces", store.list_namespaces())
    store.delete(user, "pets")
    store.delete(user, "never there")
    t.record("deleted", shown(store.search(user)))

    async def asynchronous():
        await store.aput(user, "car", {"brand": "none"})
        t.record("aget", (await store.aget(user, "car")).value)
        t.record("asearch", shown(await store.asearch(("users",), limit=2)))
        t.record("alist", await store.alist_namespaces(prefix=("users",)))
        await store.adelete(user, "car")
        t.record("adelete", await store.aget(user, "car"))
        found = await store.abatch([GetOp(user, "food"), PutOp(user, "food", {"likes": "nuts"}), SearchOp(user)])
        t.record("abatch", [found[0].value, found[1], shown(found[2])])

    asyncio.run(asynchronous())
    ops = [
        PutOp(user, "a", {"n": 1}),
        GetOp(user, "a"),
        PutOp(user, "a", {"n": 2}),
        ListNamespacesOp(max_depth=1),
        PutOp(("x",), "b", {}),
    ]
    t.record("batch", store.batch(ops))
    t.record("after the batch", [store.get(user, "a").value, store.get(("x",), "b").value])
    store.batch([PutOp(user, "gone", {}), PutOp(user, "gone", None)])
    t.record("put, then deleted in one batch", store.get(user, "gone"))
    t.record("an empty batch", store.batch([]))
    with t.raises("no operation"):
        store.batch(["get"])
