"""memory: Namespace rules

list_namespaces: sorted; prefix and suffix with "*"; max_depth cuts and merges; limit and offset.
"""

from __future__ import annotations

from actograph.store.base import ListNamespacesOp, MatchCondition
from actograph.store.memory import InMemoryStore

NAMESPACES = [
    ("users", "2", "mem"),
    ("a", "b", "d", "i"),
    ("a", "b", "c"),
    ("a", "b", "d", "e"),
    ("a", "c", "f"),
    ("a", "b", "f"),
    ("b",),
    ("users", "1", "mem"),
    ("users", "2", "mem", "old"),
]

QUESTIONS = [
    {},
    {"prefix": ("a", "b")},
    {"prefix": ("a", "b"), "max_depth": 3},
    {"prefix": ["a", "c"]},
    {"prefix": ()},
    {"suffix": ()},
    {"max_depth": 1},
    {"max_depth": 2},
    {"suffix": ("f",)},
    {"suffix": ("d", "*")},
    {"suffix": ("old",), "max_depth": 2},
    {"prefix": ("users", "*", "mem")},
    {"prefix": ("*",)},
    {"prefix": ("users",), "suffix": ("mem",)},
    {"prefix": ("a", "b", "c", "d", "e")},
    {"limit": 2},
    {"limit": 2, "offset": 3},
    {"offset": 100},
    {"limit": 0},
]


def main(t):
    store = InMemoryStore()
    for namespace in NAMESPACES:
        store.put(namespace, "k", {})
        store.put(namespace, "l", {})
    for question in QUESTIONS:
        t.record(str(question), store.list_namespaces(**question))
    suffix = MatchCondition("suffix", ("mem",))
    t.record("as an operation", store.batch([ListNamespacesOp((suffix, MatchCondition("prefix", ("users", "1"))))]))
    t.record("no conditions", len(store.batch([ListNamespacesOp(match_conditions=())])[0]))
    with t.raises("another kind of match", culprit=["infix"]):
        store.batch([ListNamespacesOp((MatchCondition("infix", ("a",)),))])
