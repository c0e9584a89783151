"""memory: Items; memory: search; memory: Namespace rules

What becomes of items in `InMemoryStore`: creation times, namespaces that hold nothing, filters on a key that some
items lack, items of one text, namespaces given as lists, paths behind a choice. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import time

from actograph.store.base import PutOp, get_text_at_path
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
    vectored.put(("v",), "one", {"text": "same"}, index=False)
    t.record(
        "no longer indexed",
        sorted(item.key for item in vectored.search(("v",), query="same") if item.score is not None),
    )

    batch = InMemoryStore(index={"dims": 2, "embed": vectors, "fields": ["text"]})
    twins = [PutOp(("v",), key, {"text": "same"}) for key in ("one", "two")]
    t.record("in one batch", outcome(lambda: [batch.batch(twins), len(batch.search(("v",), query="same"))][1]))
    t.record(
        "a list as namespace", outcome(lambda: store.put(["a", "b"], "k", {}) or store.get(["a", "b"], "k").namespace)
    )
    t.record("behind a choice", get_text_at_path({"a": {"x": "one"}, "b": {"x": "two"}}, "{a,b}.x"))
