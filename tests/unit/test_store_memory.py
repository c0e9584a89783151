"""`InMemoryStore`: what it keeps, how it searches, and that threads and loops may share it."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.store.base import (
    BaseStore,
    GetOp,
    InvalidNamespaceError,
    Item,
    MatchCondition,
    PutOp,
    SearchOp,
    ensure_embeddings,
)
from actograph.store.matching import matches, passes
from actograph.store.memory import InMemoryStore, vectors

WORDS = ("cat", "dog")


def embed(texts: Any) -> list[list[float]]:
    return [[float(text.count(word)) for word in WORDS] for text in texts]


@pytest.fixture(params=["python", "numpy"])
def arithmetic(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """How vectors are compared during the test."""
    if request.param == "numpy":
        pytest.importorskip("numpy")
    else:
        monkeypatch.setitem(sys.modules, "numpy", None)
    vectors._numpy.cache_clear()
    yield request.param
    vectors._numpy.cache_clear()


def test_what_is_put_and_what_is_got_are_apart() -> None:
    store = InMemoryStore()
    value: dict[str, Any] = {"list": [1, {"deep": (1, [2])}], "set": {1}}
    store.put(("a",), "k", value)
    value["list"].append(2)
    found = store.get(("a",), "k")
    assert found is not None
    found.value["list"][1]["deep"][1].append("changed")
    found.value["set"].add(2)
    store.search(("a",))[0].value["more"] = True
    again = store.get(("a",), "k")
    assert again is not None
    assert again.value == {"list": [1, {"deep": (1, [2])}], "set": {1}}


def test_other_objects_in_a_value_stay_the_same() -> None:
    store = InMemoryStore()
    lock = threading.Lock()
    store.put(("a",), "k", {"lock": lock})
    assert store.search(())[0].value["lock"] is lock


def test_created_at_stays_and_updated_at_moves() -> None:
    store = InMemoryStore()
    store.put(("a",), "k", {"n": 1})
    first = store.get(("a",), "k")
    store.put(("a",), "k", {"n": 2})
    second = store.get(("a",), "k")
    assert first is not None and second is not None
    assert first.value == {"n": 1}
    assert second.created_at == first.created_at
    assert second.updated_at >= first.updated_at


def test_an_emptied_namespace_is_not_listed() -> None:
    store = InMemoryStore()
    store.put(("a",), "k", {})
    store.get(("never", "written"), "k")
    store.delete(("a",), "k")
    store.delete(("gone",), "k")
    assert store.list_namespaces() == []


def test_a_namespace_may_be_a_list_and_not_a_text() -> None:
    store = InMemoryStore()
    store.put(["a", "b"], "k", {"n": 1})  # type: ignore[arg-type]
    item = store.get(("a", "b"), "k")
    assert item is not None and item.namespace == ("a", "b")
    assert [one.key for one in store.search(["a"])] == ["k"]  # type: ignore[arg-type]
    with pytest.raises(InvalidNamespaceError, match=r"'ab' is text; pass a tuple of labels: \('ab',\)"):
        store.put("ab", "k", {})  # type: ignore[arg-type]
    with pytest.raises(InvalidNamespaceError, match="not 3"):
        store.get(3, "k")  # type: ignore[arg-type]


def test_a_batch_refuses_labels_that_cannot_be() -> None:
    store = InMemoryStore()
    with pytest.raises(InvalidNamespaceError, match=r"'a\.b'"):
        store.batch([PutOp(("ok",), "k", {}), PutOp(("a.b",), "k", {})])
    assert store.search(()) == []


@pytest.mark.parametrize("value", [[1], 3, "text", object()])
def test_a_value_is_a_dict(value: Any) -> None:
    with pytest.raises(TypeError, match=r"item 'k' in \('a',\) must be a dict.*wrap it"):
        InMemoryStore().put(("a",), "k", value)


# -- filters -------------------------------------------------------------------------------------------------------------------------


def test_order_by_numbers_and_by_texts() -> None:
    assert passes({"n": 3}, {"n": {"$gt": 2}})
    assert passes({"n": "10"}, {"n": {"$gt": 9}})
    assert passes({"day": "2024-05-02"}, {"day": {"$gte": "2024-05-01", "$lt": "2024-06-01"}})
    assert not passes({"day": "2024-06-02"}, {"day": {"$lt": "2024-06-01"}})


@pytest.mark.parametrize("value", [{}, {"n": None}, {"n": "many"}, {"n": [1]}, {"n": {"x": 1}}])
def test_what_has_no_order_does_not_pass_and_spoils_nothing(value: dict[str, Any]) -> None:
    store = InMemoryStore()
    store.put(("a",), "other", value)
    store.put(("a",), "good", {"n": 5})
    for operator in ("$gt", "$gte"):
        assert [one.key for one in store.search(("a",), filter={"n": {operator: 1}})] == ["good"]
    for operator in ("$lt", "$lte"):
        assert [one.key for one in store.search(("a",), filter={"n": {operator: 9}})] == ["good"]


def test_errors_of_filters_name_the_key() -> None:
    with pytest.raises(ValueError, match=r"'a\.b'.*'\$in'.*\$gte"):
        passes({"a": {"b": 1}}, {"a": {"b": {"$in": [1]}}})
    with pytest.raises(ValueError, match=r"'n': \$gt compares with a number or a text, not with None"):
        passes({"n": 1}, {"n": {"$gt": None}})


@given(st.lists(st.sampled_from("ab*"), max_size=4), st.lists(st.sampled_from("ab"), max_size=4))
def test_a_path_matches_an_end(path: list[str], namespace: list[str]) -> None:
    def fits(part: list[str]) -> bool:
        return len(part) == len(path) and all(wanted in ("*", label) for wanted, label in zip(path, part, strict=True))

    assert matches(namespace, MatchCondition("prefix", tuple(path))) is fits(namespace[: len(path)])
    assert matches(namespace, MatchCondition("suffix", tuple(path))) is fits(namespace[len(namespace) - len(path) :])


# -- search by meaning ---------------------------------------------------------------------------------------------------------------


def shown(items: list[Any]) -> list[tuple[str, float | None]]:
    return [(item.key, None if item.score is None else round(item.score, 6)) for item in items]


def test_nearest_first(arithmetic: str) -> None:
    store = InMemoryStore(index={"dims": 2, "embed": embed, "fields": ["text", "more[*]"]})
    store.put(("d",), "dog", {"text": "dog"})
    store.put(("d",), "both", {"text": "cat dog"})
    store.put(("d",), "best of three", {"text": "dog", "more": ["dog dog cat", "cat"]})
    store.put(("d",), "nothing", {"text": "sun"})
    store.put(("d",), "hidden", {"text": "cat"}, index=False)
    found = shown(store.search(("d",), query="cat"))
    assert found == [("best of three", 1.0), ("both", 0.707107), ("dog", 0.0), ("nothing", 0.0), ("hidden", None)]
    assert shown(store.search(("d",), query="cat", filter={"text": "dog"})) == [("best of three", 1.0), ("dog", 0.0)]


def test_hiding_an_item_forgets_its_vector(arithmetic: str) -> None:
    store = InMemoryStore(index={"dims": 2, "embed": embed})
    store.put(("d",), "k", {"text": "cat"})
    store.put(("d",), "k", {"text": "cat"}, index=False)
    assert shown(store.search(("d",), query="cat")) == [("k", None)]


def test_equal_texts_in_a_batch_are_embedded_once() -> None:
    seen: list[list[str]] = []

    def counting(texts: Any) -> list[list[float]]:
        seen.append(list(texts))
        return embed(texts)

    store = InMemoryStore(index={"dims": 2, "embed": counting, "fields": ["text"]})
    store.batch([PutOp(("d",), f"k{n}", {"text": "cat"}) for n in range(3)])
    assert seen == [["cat"]]
    assert shown(store.search(("d",), query="cat")) == [("k0", 1.0), ("k1", 1.0), ("k2", 1.0)]


def test_embeddings_that_miscount_are_told_so() -> None:
    store = InMemoryStore(index={"dims": 2, "embed": lambda texts: [[1.0, 0.0]]})
    with pytest.raises(ValueError, match="made 1 vectors of 2 texts"):
        store.put(("d",), "k", {"a": "x", "b": "y"}, index=["a", "b"])
    assert store.get(("d",), "k") is None


def test_any_object_with_both_methods_embeds() -> None:
    class Duck:
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return embed(texts)

        def embed_query(self, text: str) -> list[float]:
            return embed([text])[0]

    store = InMemoryStore(index={"dims": 2, "embed": Duck()})  # type: ignore[typeddict-item]

    async def use() -> list[Any]:
        await store.aput(("d",), "k", {"text": "dog"})
        return await store.asearch(("d",), query="dog")

    assert asyncio.run(use())[0].score == pytest.approx(1.0)
    with pytest.raises(TypeError, match="embed must be"):
        ensure_embeddings(3)  # type: ignore[arg-type]


def test_an_async_function_made_by_a_callable_object() -> None:
    class Model:
        async def __call__(self, texts: Any) -> list[list[float]]:
            return embed(texts)

    made = ensure_embeddings(Model())
    assert asyncio.run(made.aembed_query("cat")) == [1.0, 0.0]
    assert asyncio.run(made.aembed_documents(["dog"])) == [[0.0, 1.0]]
    with pytest.raises(ValueError, match="async: use the store's async methods"):
        made.embed_query("cat")


# -- several threads and loops -------------------------------------------------------------------------------------------------------


def test_threads_share_it() -> None:
    store = InMemoryStore(index={"dims": 2, "embed": embed})

    def work(which: int) -> None:
        for n in range(60):
            store.put(("t", f"{which}"), f"k{n % 7}", {"n": n, "text": "cat"})
            store.search(("t",), query="dog", filter={"n": {"$gte": 0}}, limit=3)
            store.list_namespaces(max_depth=1)
            if n % 5 == 0:
                store.delete(("t", f"{which}"), f"k{n % 7}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(store.list_namespaces()) == 8
    assert len(store.search((), limit=1000)) == 8 * 6  # the last round left six keys of each


def test_a_batch_is_atomic() -> None:
    store = InMemoryStore()
    stop = threading.Event()
    torn: list[Any] = []

    def read() -> None:
        while not stop.is_set():
            pair = store.batch([GetOp(("a",), "x"), GetOp(("a",), "y")])
            numbers = {one.value["n"] for one in pair if isinstance(one, Item)}
            if len(numbers) > 1:
                torn.append(numbers)

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(300):
        store.batch([PutOp(("a",), "x", {"n": n}), PutOp(("a",), "y", {"n": n})])
    stop.set()
    reader.join()
    assert torn == []


def test_a_cancelled_batch_leaves_it_as_it_was() -> None:
    async def slow(texts: Any) -> list[list[float]]:
        await asyncio.sleep(30)
        return embed(texts)

    store = InMemoryStore(index={"dims": 2, "embed": slow})

    async def run() -> None:
        task = asyncio.create_task(store.aput(("d",), "k", {"text": "cat"}))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await store.aget(("d",), "k") is None
        await store.aput(("d",), "k", {"text": "cat"}, index=False)

    asyncio.run(run())
    assert store.get(("d",), "k") is not None


def test_it_is_a_store_and_loads_nothing_optional() -> None:
    assert isinstance(InMemoryStore(), BaseStore)
    assert [one.key for one in InMemoryStore().batch([SearchOp(())])[0] or ()] == []  # type: ignore[union-attr]
