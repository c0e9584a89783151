"""What a store returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

__all__ = ("Item", "SearchItem")


class Item:
    """One stored item.

    Parameters:
        value: a dict of plain data; its keys can be filtered by.
        key: names it within its namespace.
        namespace: where it is, e.g. `("memories", user_id)`; a list becomes a tuple.
        created_at: a time, or its ISO text.
        updated_at: the same.
    """

    __slots__ = ("created_at", "key", "namespace", "updated_at", "value")

    def __init__(
        self,
        *,
        value: dict[str, Any],
        key: str,
        namespace: tuple[str, ...],
        created_at: datetime,
        updated_at: datetime,
    ) -> None:
        self.value = value
        self.key = key
        self.namespace = tuple(namespace)
        self.created_at = _time(created_at)
        self.updated_at = _time(updated_at)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Item)
            and self.value == other.value
            and self.key == other.key
            and self.namespace == other.namespace
            and self.created_at == other.created_at
            and self.updated_at == other.updated_at
        )

    def __hash__(self) -> int:
        return hash((self.namespace, self.key))

    def dict(self) -> dict[str, Any]:
        """The item as JSON has it: the namespace a list, times as ISO text."""
        return {
            "namespace": list(self.namespace),
            "key": self.key,
            "value": self.value,
            "created_at": self.created_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
        }

    def __repr__(self) -> str:
        return f"Item({', '.join(f'{name}={value!r}' for name, value in self.dict().items())})"


class SearchItem(Item):
    """An item that a search found; `score` is its similarity to the query (1 is the most), None where nothing was compared."""

    __slots__ = ("score",)

    def __init__(
        self,
        namespace: tuple[str, ...],
        key: str,
        value: dict[str, Any],
        created_at: datetime,
        updated_at: datetime,
        score: float | None = None,
    ) -> None:
        super().__init__(value=value, key=key, namespace=namespace, created_at=created_at, updated_at=updated_at)
        self.score = score

    def dict(self) -> dict[str, Any]:
        """The item as JSON has it, with its score."""
        return {**super().dict(), "score": self.score}


Result = Item | list[Item] | list[SearchItem] | list[tuple[str, ...]] | None
"""What one operation answers: a get an item or None, a search a list of them, a listing namespaces, a put nothing."""


def _time(given: datetime | str) -> datetime:
    return datetime.fromisoformat(given) if isinstance(given, str) else given


def namespace_of(given: Sequence[str]) -> tuple[str, ...]:
    """A namespace as the key of a dict."""
    return given if type(given) is tuple else tuple(given)
