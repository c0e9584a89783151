"""memory: search

By prefix in order of putting, with limit and offset; filters by equality, on inner dicts and lists, and by $eq $ne $gt $gte $lt $lte; an
unknown operator raises.
"""

from __future__ import annotations

from actograph.store.base import SearchOp
from actograph.store.memory import InMemoryStore

FILTERS = [
    {},
    {"n": 3},
    {"n": 3.0},
    {"n": "3"},
    {"n": {"$eq": 3}},
    {"n": {"$ne": 3}, "tag": "a"},
    {"n": {"$gt": 10}},
    {"n": {"$gte": 10, "$lt": 12}},
    {"n": {"$lte": 2}},
    {"n": {"$gt": "10"}},
    {"half": {"$lt": 1}},
    {"tag": {"$eq": "b"}},
    {"inner": {"p": 3}},
    {"inner": {"p": 3, "q": 1}},
    {"inner": {"p": {"$gt": 12}}},
    {"inner": {"p": 3, "absent": None}},
    {"inner": {}},
    {"inner.p": 3},
    {"list": [3, 4]},
    {"list": (3, 4)},
    {"list": [{"$gte": 3}, 4]},
    {"list": [3]},
    {"maybe": None},
    {"maybe": {"$ne": None}},
    {"absent": None},
    {"absent": {"$ne": 1}},
    {"absent": 1},
    {"n": True},
    {"n": {"x": 1}},
]


def main(t):
    store = InMemoryStore()
    for n in range(15):
        inner = {"p": n, "q": 1}
        value = {
            "n": n,
            "half": n / 2,
            "tag": "ab"[n % 2],
            "inner": inner,
            "list": [n, n + 1],
            "maybe": None if n % 3 else n,
        }
        store.put(("docs", "deep") if n == 14 else ("docs",), f"k{n}", value)
    store.put(("docsish",), "other", {"n": 1})
    store.put(("docs",), "k2", {"n": 2, "half": 1.0, "tag": "a", "inner": {"p": 2}, "list": [], "maybe": 1})

    def keys(prefix=("docs",), /, **options):
        return [item.key for item in store.search(prefix, **options)]

    t.record("ten by default", keys())
    t.record("limit and offset", [keys(limit=3, offset=4), keys(limit=0), keys(offset=100), keys(offset=13)])
    t.record("everything", keys((), limit=100))
    t.record("deeper", keys(("docs", "deep")))
    t.record("no such prefix", keys(("doc",)))
    for wanted in FILTERS:
        t.record(str(wanted), keys(filter=wanted, limit=100))
    t.record("filter, then limit", keys(filter={"tag": "b"}, limit=2, offset=1))
    t.record(
        "a query without an index", [(item.key, item.score) for item in store.search(("docs",), query="x", limit=2)]
    )
    t.record("as an operation", [item.key for item in store.batch([SearchOp(("docs",), {"n": {"$gt": 12}}, 5)])[0]])
    for operator in ("$in", "$regex", "$not"):
        with t.raises(operator, culprit=[operator]):
            store.search(("docs",), filter={"n": {operator: 1}})
    with t.raises("the prefix is positional"):
        store.search(namespace_prefix=("docs",))
