"""memory: Semantic search

`tokenize_path` and `get_text_at_path`: names, places in lists, "*", choices in braces, "$"; what the fields of an index embed.
"""

from __future__ import annotations

from actograph.store.base import ensure_embeddings, get_text_at_path, tokenize_path
from actograph.store.memory import InMemoryStore

PATHS = """a.b a[0].b a[*].b * a.* {a,b} a.{b,c.d} $ a[-1] a..b a[0][1] {a,{b,c}} a.b[*].{c,d} [0] .a a. $.a {a} a[b]"""
OBJECT = {
    "a": {"b": "B", "c": {"d": "D"}, "n": 1, "yes": True, "nothing": None, "f": 1.5},
    "l": [{"b": "1", "c": "x"}, {"b": "2"}, {"q": 9}],
    "s": "str",
    "e": "",
    "ll": [[1, 2], [3]],
    "é": "ü",
}
LEADS = """a.b a a.* l[0].b l[-1].q l[9] l[*].b l[*] l {s,a.b} a.{b,c.d} $ * a.n a.yes a.nothing a.f e absent ll[*][*] ll[0] l.b l.*.b
l.* s.x s[0] {absent,s} l[*].{b,c} é $.a a.c l[x]"""


def main(t):
    for path in PATHS.split():
        t.record(f"tokens {path}", tokenize_path(path))
    t.record("tokens of nothing", tokenize_path(""))
    for path in LEADS.split():
        t.record(f"texts {path}", get_text_at_path(OBJECT, path))
    t.record("tokens as path", [get_text_at_path(OBJECT, path) for path in (["a", "b"], ["l", "[*]", "b"], [])])
    t.record("the empty path", get_text_at_path(OBJECT, ""))
    for value in ("x", 3, None, True, [1, "a"], {}):
        t.record(f"in {value!r}", [get_text_at_path(value, path) for path in ("$", "a", "", "*")])
    for fields in (["text"], ["$"], ["a.b", "l[*].x"], None, ["absent"]):
        embedded = []

        def embed(texts, embedded=embedded):
            embedded.extend(texts)
            return [[1.0, float(len(text))] for text in texts]

        store = InMemoryStore(index={"dims": 2, "embed": embed, "fields": fields})
        store.put(("d",), "k", {"text": "aa", "a": {"b": "cc"}, "l": [{"x": "p"}, {"x": "q"}], "n": 5, "none": None})
        t.record(f"fields {fields}", sorted(embedded))
    made = ensure_embeddings(lambda texts: [[float(len(text))] for text in texts])
    t.record("a function as embeddings", [made.embed_query("abc"), made.embed_documents(["a", "bb"])])
    with t.raises("nothing as embeddings"):
        ensure_embeddings(None)
