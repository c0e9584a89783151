"""memory: Items; memory: Search

What becomes of items in `InMemoryStore`: creation times, namespaces that hold nothing, filters on a key that some items lack, items of one
text. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import time

from actograph.store.memory import InMemoryStore


def outcome(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__


def vectors(texts):
    return [[float(len(text)), 1.0] for text in texts]


def main(t):
    store = InMemoryStore()
    store.put(("a",), "k", {"n": 1})
    made = store.get(("a",), "k").created_at
    time.sleep(0.002)
    store.put(("a",), "k", {"n": 2})
    t.record("created_at is kept", store.get(("a",), "k").created_at == made)
    t.record("value", store.get(("a",), "k").value)
    store.get(("never",), "k")
    store.put(("emptied",), "k", {"n": 1})
    store.delete(("emptied",), "k")
    t.record("namespaces", sorted(store.list_namespaces()))
    store.put(("a",), "other", {"m": 1})
    t.record("range", outcome(lambda: [item.key for item in store.search(("a",), filter={"n": {"$gt": 1}})]))
    t.record("equal", outcome(lambda: [item.key for item in store.search(("a",), filter={"n": 2})]))

    vectored = InMemoryStore(index={"dims": 2, "embed": vectors, "fields": ["text"]})
    vectored.put(("v",), "one", {"text": "same"})
    vectored.put(("v",), "two", {"text": "same"})
    t.record("one by one", outcome(lambda: sorted(item.key for item in vectored.search(("v",), query="same"))))
