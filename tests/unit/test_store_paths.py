"""Paths into items, on random objects and paths: ours lead where LangGraph's do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.store.base import get_text_at_path, tokenize_path

reference = pytest.importorskip("langgraph.store.base")

names = st.sampled_from(["a", "b", "c", "long name", "é"])
part = st.one_of(names, names, st.sampled_from(["*", "[0]", "[1]", "[-1]", "[*]", "[7]"]))
# LangGraph leaves out what follows a choice, so here it comes last.
choice = st.sampled_from(["", "{a,b}", "{a,b.c}", "{b,c[0]}"])
paths = st.tuples(st.lists(part, max_size=4), choice).map(
    lambda parts: ".".join([*parts[0], *([parts[1]] if parts[1] else [])]).replace(".[", "[")
)
leaves = st.one_of(st.text("xyz ü", max_size=3), st.integers(-2, 9), st.booleans(), st.none(), st.floats(0, 2))
objects = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)


@given(paths)
def test_tokens(path: str) -> None:
    assert tokenize_path(path) == reference.tokenize_path(path)


@given(st.text("ab.[]{},*$ 0-", max_size=8))
def test_tokens_of_any_text(path: str) -> None:
    place = 0
    for token in tokenize_path(path):
        assert token
        place = path.index(token, place) + len(token)


@given(objects, paths)
def test_texts(value: Any, path: str) -> None:
    assert get_text_at_path(value, path) == reference.get_text_at_path(value, path)
    assert get_text_at_path(value, tokenize_path(path)) == get_text_at_path(value, path)


def test_what_follows_a_choice() -> None:
    assert get_text_at_path({"a": {"t": "1"}, "b": {"t": "2", "u": "3"}}, "{a,b}.t") == ["1", "2"]


def test_the_example_of_the_manual() -> None:
    assert tokenize_path("chapters[*].{title,notes[0]}") == ["chapters", "[*]", "{title,notes[0]}"]
    book = {"chapters": [{"title": "One", "notes": ["n1", "n2"]}, {"title": "Two"}]}
    assert get_text_at_path(book, "chapters[*].{title,notes[0]}") == ["One", "n1", "Two"]
