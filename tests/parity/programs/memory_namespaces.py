"""memory: Namespace rules

Not empty, no empty label, no period, labels are text, the first one not "langgraph" to write to; get, search, delete and listing check the
labels too.
"""

from __future__ import annotations

import asyncio

from actograph.store.base import (
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
    validate_op_namespace,
)
from actograph.store.memory import InMemoryStore

BAD = {"empty label": ("",), "empty label inside": ("a", ""), "period": ("a.b",), "a number": (1,)}
NOT_WRITABLE = {"empty": (), "reserved": ("langgraph",), "reserved root": ("langgraph", "x")}


def main(t):
    store = InMemoryStore()
    t.record("class", [base.__name__ for base in InvalidNamespaceError.__mro__[:3]])
    for label, namespace in {**BAD, **NOT_WRITABLE}.items():
        culprit = [] if label == "empty" else [str(namespace[-1] or "''") if label != "reserved root" else "langgraph"]
        with t.raises(f"put {label}", culprit):
            store.put(namespace, "k", {})
        with t.raises(f"aput {label}", culprit):
            asyncio.run(store.aput(namespace, "k", {}))
    for label, namespace in BAD.items():
        with t.raises(f"get {label}"):
            store.get(namespace, "k")
        with t.raises(f"search {label}"):
            store.search(namespace)
        with t.raises(f"delete {label}"):
            store.delete(namespace, "k")
        with t.raises(f"prefix {label}"):
            store.list_namespaces(prefix=namespace)
        with t.raises(f"suffix {label}"):
            store.list_namespaces(suffix=namespace)
        for op in (PutOp(namespace, "k", {}), GetOp(namespace, "k"), SearchOp(namespace)):
            with t.raises(f"{type(op).__name__} {label}"):
                validate_op_namespace(op)
        with t.raises(f"ListNamespacesOp {label}"):
            validate_op_namespace(ListNamespacesOp((MatchCondition("suffix", namespace),)))
    for label, namespace in NOT_WRITABLE.items():
        t.record(f"may be read: {label}", [store.get(namespace, "k"), store.search(namespace)])
        store.delete(namespace, "k")
        validate_op_namespace(GetOp(namespace, "k"))
    for namespace in (("a", "langgraph"), ("*",), ("with space", "ü", "a-b_c:1")):
        store.put(namespace, "k", {"n": namespace})
        t.record(f"fine: {namespace}", store.get(namespace, "k").value)
