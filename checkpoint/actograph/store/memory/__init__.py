"""A store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from actograph.store.base import (
    BaseStore,
    Embeddings,
    GetOp,
    IndexConfig,
    Item,
    ListNamespacesOp,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    ensure_embeddings,
    get_text_at_path,
    tokenize_path,
    validate_op_namespace,
)
from actograph.store.base.items import namespace_of
from actograph.store.matching import matches, passes
from actograph.store.memory.vectors import similarities, unit

__all__ = ("InMemoryStore",)

_Target = tuple[tuple[str, ...], str]


class InMemoryStore(BaseStore):
    """Keeps items in this process; they are gone when it ends. Any number of threads and loops may use it at once; a batch is atomic.

    Parameters:
        index: makes a search by meaning possible: `{"embed": ..., "dims": 1536, "fields": ["text"]}`. Without it `query` and `index`
            have no effect. NumPy makes it faster where it is installed.
    """

    __slots__ = ("_data", "_fields", "_lock", "_vectors", "embeddings", "index_config")

    def __init__(self, *, index: IndexConfig | None = None) -> None:
        self._data: dict[tuple[str, ...], dict[str, Item]] = {}
        self._vectors: dict[_Target, list[Any]] = {}
        self._lock = Lock()
        self.index_config = index
        """As it was given."""
        self.embeddings: Embeddings | None = None if index is None else ensure_embeddings(index.get("embed"))
        fields = (index or {}).get("fields") or ["$"]
        self._fields = [_tokens(path) for path in fields]

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """As `BaseStore.batch`. Raises ValueError for what is no operation, InvalidNamespaceError for a put with labels that cannot be."""
        ops = list(ops)
        puts = _puts(ops)
        queries: dict[str, Any] = {}
        vectors: dict[_Target, list[Any]] = {}
        if self.embeddings is not None:
            queries = {text: unit(self.embeddings.embed_query(text)) for text in _queries(ops)}
            texts = self._texts(puts)
            if every := _distinct(texts):
                vectors = _by_target(texts, every, self.embeddings.embed_documents(every))
        return self._carry_out(ops, puts, queries, vectors)

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """As `batch`; only embeddings are waited for."""
        ops = list(ops)
        puts = _puts(ops)
        queries: dict[str, Any] = {}
        vectors: dict[_Target, list[Any]] = {}
        if self.embeddings is not None:
            queries = {text: unit(await self.embeddings.aembed_query(text)) for text in _queries(ops)}
            texts = self._texts(puts)
            if every := _distinct(texts):
                vectors = _by_target(texts, every, await self.embeddings.aembed_documents(every))
        return self._carry_out(ops, puts, queries, vectors)

    def _texts(self, puts: Mapping[_Target, PutOp]) -> dict[_Target, list[str]]:
        """What is embedded of each item that is put."""
        texts: dict[_Target, list[str]] = {}
        for target, op in puts.items():
            if op.value is None or op.index is False:
                continue
            paths = self._fields if op.index is None else [_tokens(path) for path in op.index]
            value = dict(op.value)
            found = [text for path in paths for text in get_text_at_path(value, path)]
            if found:
                texts[target] = found
        return texts

    def _carry_out(
        self,
        ops: list[Op],
        puts: Mapping[_Target, PutOp],
        queries: Mapping[str, Any],
        vectors: Mapping[_Target, list[Any]],
    ) -> list[Result]:
        with self._lock:
            results: list[Result] = []
            for op in ops:
                if isinstance(op, GetOp):
                    found = self._data.get(namespace_of(op.namespace), {}).get(op.key)
                    results.append(None if found is None else _given_out(found))
                elif isinstance(op, SearchOp):
                    results.append(self._search(op, queries.get(op.query) if op.query else None))
                elif isinstance(op, ListNamespacesOp):
                    results.append(self._list(op))
                else:
                    results.append(None)
            for target, put in puts.items():
                self._put(target, put, vectors.get(target))
            return results

    def _put(self, target: _Target, op: PutOp, vectors: list[Any] | None) -> None:
        namespace, key = target
        # What was embedded of the value before says nothing about the new one.
        self._vectors.pop(target, None)
        if op.value is None:
            items = self._data.get(namespace)
            if items is not None and items.pop(key, None) is not None and not items:
                del self._data[namespace]
            return
        items = self._data.setdefault(namespace, {})
        now = datetime.now(UTC)
        before = items.get(key)
        items[key] = Item(
            value=apart(dict(op.value)),
            key=key,
            namespace=namespace,
            created_at=now if before is None else before.created_at,
            updated_at=now,
        )
        if vectors:
            self._vectors[target] = vectors

    def _search(self, op: SearchOp, query: Any) -> list[SearchItem]:
        prefix = namespace_of(op.namespace_prefix)
        found = [
            item
            for namespace, items in self._data.items()
            if namespace[: len(prefix)] == prefix
            for item in items.values()
            if not op.filter or passes(item.value, op.filter)
        ]
        scores: dict[_Target, float] = {}
        if query is not None:
            scores = self._scores(found, query)
            # Sorting keeps the order of equals; what has no vector comes last.
            found.sort(key=lambda item: -scores.get((item.namespace, item.key), -2.0))
        return [
            SearchItem(
                item.namespace,
                item.key,
                apart(item.value),
                item.created_at,
                item.updated_at,
                scores.get((item.namespace, item.key)),
            )
            for item in found[op.offset : op.offset + op.limit]
        ]

    def _scores(self, items: list[Item], query: Any) -> dict[_Target, float]:
        """The similarity of each item that has vectors: of its nearest one."""
        owners: list[_Target] = []
        vectors: list[Any] = []
        for item in items:
            target = (item.namespace, item.key)
            for vector in self._vectors.get(target, ()):
                owners.append(target)
                vectors.append(vector)
        best: dict[_Target, float] = {}
        for target, score in zip(owners, similarities(vectors, query), strict=True):
            if score > best.get(target, -2.0):
                best[target] = score
        return best

    def _list(self, op: ListNamespacesOp) -> list[tuple[str, ...]]:
        found = [
            namespace
            for namespace in self._data
            if all(matches(namespace, condition) for condition in op.match_conditions or ())
        ]
        if op.max_depth is not None:
            found = list({namespace[: op.max_depth] for namespace in found})
        return sorted(found)[op.offset : op.offset + op.limit]


def _given_out(item: Item) -> Item:
    """A copy, so that what is done to it does not change the store."""
    return Item(
        value=apart(item.value),
        key=item.key,
        namespace=item.namespace,
        created_at=item.created_at,
        updated_at=item.updated_at,
    )


def apart(value: Any) -> Any:
    """A copy of plain data. Other objects in it stay the same ones."""
    kind = type(value)
    if kind is dict:
        return {key: apart(item) for key, item in value.items()}
    if kind is list:
        return [apart(item) for item in value]
    if kind is tuple:
        return tuple([apart(item) for item in value])
    return value.copy() if kind is set else value


def _tokens(path: str) -> str | list[str]:
    return path if path == "$" else tokenize_path(path)


def _puts(ops: Iterable[Op]) -> dict[_Target, PutOp]:
    """What is written: the last put of each key."""
    puts: dict[_Target, PutOp] = {}
    for op in ops:
        if isinstance(op, PutOp):
            validate_op_namespace(op)
            puts[(namespace_of(op.namespace), op.key)] = op
        elif not isinstance(op, GetOp | SearchOp | ListNamespacesOp):
            raise ValueError(
                f"a batch is made of GetOp, SearchOp, PutOp and ListNamespacesOp, not {type(op).__name__}: {op!r}"
            )
    return puts


def _queries(ops: Iterable[Op]) -> list[str]:
    return list(dict.fromkeys(op.query for op in ops if isinstance(op, SearchOp) and op.query))


def _distinct(texts: Mapping[_Target, list[str]]) -> list[str]:
    return list(dict.fromkeys(text for of in texts.values() for text in of))


def _by_target(
    texts: Mapping[_Target, list[str]], every: list[str], embedded: list[list[float]]
) -> dict[_Target, list[Any]]:
    if len(embedded) != len(every):
        raise ValueError(
            f"the store's embeddings made {len(embedded)} vectors of {len(every)} texts; they must make one of each"
        )
    vectors = {text: unit(vector) for text, vector in zip(every, embedded, strict=True)}
    return {target: [vectors[text] for text in of] for target, of in texts.items()}
