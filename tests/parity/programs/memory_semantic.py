"""memory: Semantic search

With an index, `query` orders by cosine similarity and gives scores; items without a vector come last with None; put chooses what is
embedded, False nothing; sync and async functions, and an Embeddings object.
"""

from __future__ import annotations

import asyncio

from langchain_core.embeddings import Embeddings

from actograph.store.base import PutOp, SearchOp
from actograph.store.memory import InMemoryStore

EMBEDDED = []
WORDS = ["cat", "dog", "car", "sun"]


def vectors(texts):
    EMBEDDED.append(list(texts))
    return [[text.count(word) + 0.1 * ("pet" in text) for word in WORDS] for text in texts]


async def avectors(texts):
    return vectors(texts)


class Model(Embeddings):
    def embed_documents(self, texts):
        return vectors(texts)

    def embed_query(self, text):
        return vectors([text.upper().lower()])[0]


def shown(items):
    return [(item.key, None if item.score is None else round(item.score, 6)) for item in items]


def fill(store):
    store.put(("d",), "cats", {"text": "cat cat", "n": 1})
    store.put(("d",), "both", {"text": "cat and dog", "n": 2})
    store.put(("d",), "hidden", {"text": "cat"}, index=False)
    store.put(("d",), "chosen", {"text": "nothing", "note": {"body": "dog"}}, index=["note.body"])
    store.put(("d",), "none", {"text": "empty of them"})


def main(t):
    store = InMemoryStore(index={"dims": 4, "embed": vectors, "fields": ["text"]})
    fill(store)
    t.record("embedded", list(EMBEDDED))
    EMBEDDED.clear()
    t.record("cat", shown(store.search(("d",), query="cat")))
    t.record("dog", shown(store.search(("d",), query="dog")))
    t.record("queries embedded", list(EMBEDDED))
    t.record("without a query", shown(store.search(("d",))))
    t.record("an empty query", shown(store.search(("d",), query="")))
    t.record(
        "limit",
        [
            shown(store.search(("d",), query="cat", limit=2)),
            shown(store.search(("d",), query="cat", limit=2, offset=1)),
        ],
    )
    t.record("beyond the vectors", shown(store.search(("d",), query="cat", limit=2, offset=4)))
    t.record("filter", shown(store.search(("d",), query="cat", filter={"n": 2})))
    store.put(("d",), "cats", {"text": "car"})
    t.record("embedded anew", shown(store.search(("d",), query="cat", limit=2)))
    store.delete(("d",), "both")
    t.record("deleted", shown(store.search(("d",), query="dog", limit=2)))
    EMBEDDED.clear()
    batch = [
        PutOp(("d",), "x", {"text": "sun"}),
        SearchOp(("d",), query="sun", limit=1),
        PutOp(("d",), "y", {"text": "sun dog"}),
    ]
    t.record("a batch", [shown(found) if found else found for found in store.batch(batch)])
    t.record("embedded at once", sorted(sorted(texts) for texts in EMBEDDED))
    t.record("then", shown(store.search(("d",), query="sun", limit=2)))

    async def asynchronous(label, embed):
        store = InMemoryStore(index={"dims": 4, "embed": embed, "fields": ["text"]})
        await store.aput(("d",), "cats", {"text": "cat"})
        await store.aput(("d",), "dogs", {"text": "dog cat"})
        t.record(label, shown(await store.asearch(("d",), query="dog")))

    asyncio.run(asynchronous("async function", avectors))
    asyncio.run(asynchronous("sync function", vectors))
    asyncio.run(asynchronous("object", Model()))
    store = InMemoryStore(index={"dims": 4, "embed": Model()})
    store.put(("d",), "cats", {"text": "cat"})
    t.record("object, sync", shown(store.search(("d",), query="cat")))
    with t.raises("an async function in a sync call", culprit=["avectors"]):
        InMemoryStore(index={"dims": 4, "embed": avectors}).put(("d",), "k", {"text": "x"})
    with t.raises("no embeddings"):
        InMemoryStore(index={"dims": 4})
    with t.raises("a name nobody can load", culprit=["nobody:nothing"]):
        InMemoryStore(index={"dims": 4, "embed": "nobody:nothing"})
