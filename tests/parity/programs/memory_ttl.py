"""memory: TTL

A store that keeps items for ever refuses `ttl`, sync and async; None is fine; `refresh_ttl` has no effect; the options of operations.
"""

from __future__ import annotations

import asyncio

from actograph.store.base import GetOp, PutOp, SearchOp
from actograph.store.memory import InMemoryStore


def main(t):
    store = InMemoryStore()
    t.record("support", [store.supports_ttl, store.ttl_config])
    for ttl in (1, 1.5, 0):
        with t.raises(f"put {ttl}", culprit=["InMemoryStore"]):
            store.put(("a",), "k", {}, ttl=ttl)
        with t.raises(f"aput {ttl}", culprit=["InMemoryStore"]):
            asyncio.run(store.aput(("a",), "k", {}, ttl=ttl))
    t.record("nothing was put", store.get(("a",), "k"))
    store.put(("a",), "k", {"v": 1}, ttl=None)
    t.record("refresh", [store.get(("a",), "k", refresh_ttl=flag).value for flag in (True, False, None)])
    t.record("refresh in a search", [len(store.search(("a",), refresh_ttl=flag)) for flag in (True, False, None)])
    t.record("options", [PutOp(("a",), "k", {}).ttl, GetOp(("a",), "k").refresh_ttl, SearchOp(("a",)).refresh_ttl])
    store.batch([PutOp(("a",), "direct", {"v": 2}, ttl=3)])
    t.record("an operation's ttl has no effect", store.get(("a",), "direct").value)
