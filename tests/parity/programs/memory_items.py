"""memory: Items

An item's fields and its dict; the time of the last update; a missing key is None; putting None deletes; a search adds
`score`; equality, hash, and text.
"""

from __future__ import annotations

from datetime import datetime, timezone

from actograph.store.base import Item, SearchItem
from actograph.store.memory import InMemoryStore


def main(t):
    store = InMemoryStore()
    place = ("a", "b")
    t.record("missing key", store.get(place, "k"))
    store.put(place, "k", {"x": 1})
    item = store.get(place, "k")
    t.record("fields", [type(item).__name__, item.value, item.key, item.namespace])
    t.record("times", [type(item.created_at).__name__, str(item.created_at.tzinfo), item.updated_at >= item.created_at])
    t.record("dict", sorted(item.dict().items()))
    updated = item.updated_at
    store.put(place, "k", {"x": 2})
    again = store.get(place, "k")
    t.record("after an update", [again.value, again.updated_at > updated])
    (found,) = store.search(("a",))
    t.record("found", [type(found).__name__, isinstance(found, Item), found.score, sorted(found.dict())])
    t.record("equal", [store.get(place, "k") == again, found == again, again == "k", hash(found) == hash(again)])
    store.put(place, "k", None)
    t.record("put None", store.get(place, "k"))
    when = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
    made = Item(value={"v": 1}, key="k", namespace=["n", "m"], created_at="2024-05-06T07:08:09+00:00", updated_at=when)
    t.record("from text and a list", [made.namespace, made.created_at == when, made.dict()["updated_at"][:10]])
    t.record("text", repr(made)[:60])
    scored = SearchItem(("n",), "k", {"v": 1}, when, when, 0.5)
    t.record("scored", [scored.score, scored.dict()["score"]])
    store.put(("keys",), 7, {"v": 1})
    t.record("keys are text", [store.get(("keys",), 7).key, store.get(("keys",), "7").value])
    value = {"list": [1]}
    store.put(("own",), "k", value)
    value["more"] = 1
    t.record("the store's dict is its own", store.get(("own",), "k").value)
    with t.raises("keyword only"):
        Item({}, "k")
