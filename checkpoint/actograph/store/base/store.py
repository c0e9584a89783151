"""What a store offers: reading and writing items, one by one or several in one batch, sync and async."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

from actograph.store.base.items import Item, Result, SearchItem
from actograph.store.base.ops import (
    NOT_PROVIDED,
    GetOp,
    ListNamespacesOp,
    MatchCondition,
    NamespacePath,
    NotProvided,
    Op,
    PutOp,
    SearchOp,
    TTLConfig,
    check_labels,
    check_writable,
)

__all__ = ("BaseStore",)


class BaseStore(ABC):
    """Base of stores. A subclass writes `batch` and `abatch`; all else is made of them."""

    supports_ttl: bool = False
    """Whether items can expire."""
    ttl_config: TTLConfig | None = None

    __slots__ = ("__weakref__",)

    @abstractmethod
    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out operations, and answer each in its place. Reads see what was stored before the batch; of several puts to one key the
        last counts."""

    @abstractmethod
    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """As `batch`."""

    def get(self, namespace: tuple[str, ...], key: str, *, refresh_ttl: bool | None = None) -> Item | None:
        """The item, or None.

        Parameters:
            namespace: where it is.
            key: its name there.
            refresh_ttl: whether its time to live starts anew; None as the store is configured.

        Raises InvalidNamespaceError.
        """
        return cast("Item | None", self.batch([get_op(self, namespace, key, refresh_ttl)])[0])

    def search(
        self,
        namespace_prefix: tuple[str, ...],
        /,
        *,
        query: str | None = None,
        filter: dict[str, Any] | None = None,
        limit: int = 10,
        offset: int = 0,
        refresh_ttl: bool | None = None,
    ) -> list[SearchItem]:
        """Items in all namespaces that begin with `namespace_prefix`.

        Parameters:
            namespace_prefix: `()` for all.
            query: text whose meaning decides the order, in stores with an index; others leave it out of account.
            filter: keys of the value and what they must equal: `{"kind": "note"}`, or operators `$eq $ne $gt $gte $lt $lte`:
                `{"age": {"$gte": 18}}`. Inner dicts are compared key by key.
            limit: at most so many.
            offset: so many are left out first.
            refresh_ttl: as for `get`.

        Raises InvalidNamespaceError; ValueError for an unknown operator.
        """
        op = search_op(self, namespace_prefix, query, filter, limit, offset, refresh_ttl)
        return cast("list[SearchItem]", self.batch([op])[0])

    def put(
        self,
        namespace: tuple[str, ...],
        key: str,
        value: Mapping[str, Any],
        index: Literal[False] | list[str] | None = None,
        *,
        ttl: float | NotProvided | None = NOT_PROVIDED,
    ) -> None:
        """Write an item; None as the value deletes it.

        Parameters:
            namespace: where it goes: at least one label, no periods, the first one not "langgraph".
            key: its name there.
            value: a dict of plain data.
            index: paths of what is embedded for a search by meaning, e.g. `["title", "chapters[*].text"]`; None as the store is
                configured, False nothing. Without an index in the store it has no effect.
            ttl: minutes it lives, in stores that support it.

        Raises InvalidNamespaceError; NotImplementedError for a `ttl` that is not supported.
        """
        self.batch([put_op(self, namespace, key, value, index, ttl)])

    def delete(self, namespace: tuple[str, ...], key: str) -> None:
        """Delete an item; it need not exist. Raises InvalidNamespaceError."""
        self.batch([delete_op(namespace, key)])

    def list_namespaces(
        self,
        *,
        prefix: NamespacePath | None = None,
        suffix: NamespacePath | None = None,
        max_depth: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[tuple[str, ...]]:
        """Namespaces that have items, sorted.

        Parameters:
            prefix: labels they begin with; "*" stands for any one.
            suffix: labels they end with; likewise.
            max_depth: labels to keep of each; what is equal then is listed once.
            limit: at most so many.
            offset: so many are left out first.

        Raises InvalidNamespaceError.
        """
        op = list_op(prefix, suffix, max_depth, limit, offset)
        return cast("list[tuple[str, ...]]", self.batch([op])[0])

    async def aget(self, namespace: tuple[str, ...], key: str, *, refresh_ttl: bool | None = None) -> Item | None:
        """As `get`."""
        return cast("Item | None", (await self.abatch([get_op(self, namespace, key, refresh_ttl)]))[0])

    async def asearch(
        self,
        namespace_prefix: tuple[str, ...],
        /,
        *,
        query: str | None = None,
        filter: dict[str, Any] | None = None,
        limit: int = 10,
        offset: int = 0,
        refresh_ttl: bool | None = None,
    ) -> list[SearchItem]:
        """As `search`."""
        op = search_op(self, namespace_prefix, query, filter, limit, offset, refresh_ttl)
        return cast("list[SearchItem]", (await self.abatch([op]))[0])

    async def aput(
        self,
        namespace: tuple[str, ...],
        key: str,
        value: Mapping[str, Any],
        index: Literal[False] | list[str] | None = None,
        *,
        ttl: float | NotProvided | None = NOT_PROVIDED,
    ) -> None:
        """As `put`."""
        await self.abatch([put_op(self, namespace, key, value, index, ttl)])

    async def adelete(self, namespace: tuple[str, ...], key: str) -> None:
        """As `delete`."""
        await self.abatch([delete_op(namespace, key)])

    async def alist_namespaces(
        self,
        *,
        prefix: NamespacePath | None = None,
        suffix: NamespacePath | None = None,
        max_depth: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[tuple[str, ...]]:
        """As `list_namespaces`."""
        op = list_op(prefix, suffix, max_depth, limit, offset)
        return cast("list[tuple[str, ...]]", (await self.abatch([op]))[0])


# -- the operations that calls mean --------------------------------------------------------------------------------------------------


def get_op(store: BaseStore, namespace: tuple[str, ...], key: str, refresh_ttl: bool | None) -> GetOp:
    """The operation of a `get`."""
    check_labels(namespace)
    return GetOp(namespace, str(key), _refresh(store, refresh_ttl))


def search_op(
    store: BaseStore,
    prefix: tuple[str, ...],
    query: str | None,
    filter: dict[str, Any] | None,
    limit: int,
    offset: int,
    refresh_ttl: bool | None,
) -> SearchOp:
    """The operation of a `search`."""
    check_labels(prefix)
    return SearchOp(prefix, filter, limit, offset, query, _refresh(store, refresh_ttl))


def put_op(
    store: BaseStore,
    namespace: tuple[str, ...],
    key: str,
    value: Mapping[str, Any] | None,
    index: Literal[False] | list[str] | None,
    ttl: float | NotProvided | None,
) -> PutOp:
    """The operation of a `put`."""
    check_writable(namespace)
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(
            f"the value of item {key!r} in {namespace!r} must be a dict, not {type(value).__name__}; wrap it: {{'value': ...}}"
        )
    if not isinstance(ttl, NotProvided) and ttl is not None and not store.supports_ttl:
        raise NotImplementedError(
            f"{type(store).__name__} keeps items until they are deleted: leave out ttl={ttl!r}, or use a store that supports it"
        )
    if isinstance(ttl, NotProvided):
        ttl = store.ttl_config.get("default_ttl") if store.ttl_config else None
    return PutOp(namespace, str(key), value, index, ttl)


def delete_op(namespace: tuple[str, ...], key: str) -> PutOp:
    """The operation of a `delete`."""
    check_labels(namespace)
    return PutOp(namespace, str(key), None)


def list_op(
    prefix: NamespacePath | None, suffix: NamespacePath | None, max_depth: int | None, limit: int, offset: int
) -> ListNamespacesOp:
    """The operation of a `list_namespaces`."""
    conditions = []
    if prefix:
        check_labels(prefix)
        conditions.append(MatchCondition("prefix", prefix))
    if suffix:
        check_labels(suffix)
        conditions.append(MatchCondition("suffix", suffix))
    return ListNamespacesOp(tuple(conditions), max_depth, limit, offset)


def _refresh(store: BaseStore, given: bool | None) -> bool:
    if given is not None:
        return given
    return store.ttl_config.get("refresh_on_read", True) if store.ttl_config else True
