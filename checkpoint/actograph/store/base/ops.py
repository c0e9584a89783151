"""The operations that a store carries out, and the rules for namespaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, TypedDict

from actograph.store.base.embed import AEmbeddingsFunc, Embeddings, EmbeddingsFunc

__all__ = (
    "GetOp",
    "IndexConfig",
    "InvalidNamespaceError",
    "ListNamespacesOp",
    "MatchCondition",
    "NamespaceMatchType",
    "NamespacePath",
    "Op",
    "PutOp",
    "SearchOp",
    "TTLConfig",
    "validate_op_namespace",
)

NamespacePath = tuple[str | Literal["*"], ...]
"""Labels of a namespace, where "*" stands for any one label."""

NamespaceMatchType = Literal["prefix", "suffix"]
"""Which end of a namespace a path is held against."""


class NotProvided:
    """The type of `NOT_PROVIDED`."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_PROVIDED: Final = NotProvided()
"""An argument that was left out, where None means something."""


class InvalidNamespaceError(ValueError):
    """A namespace that breaks the rules: at least one label to write to; labels are text, not empty, without "."; the first one is not
    "langgraph"."""


class TTLConfig(TypedDict, total=False):
    """How items expire, in stores that support it."""

    refresh_on_read: bool
    """Whether reading an item starts its time anew (default true)."""
    omit_expired: bool
    """Whether reads leave out what has expired and was not deleted yet."""
    default_ttl: float | None
    """Minutes that an item lives when nothing else is said; None for ever."""
    sweep_interval_minutes: int | None
    """How often expired items are deleted; None never."""


class IndexConfig(TypedDict, total=False):
    """What a store needs for a search by meaning."""

    dims: int
    """Numbers in an embedding."""
    embed: Embeddings | EmbeddingsFunc | AEmbeddingsFunc | str
    """Makes embeddings: an object with `embed_documents` and `embed_query`, a function of a list of texts, or LangChain's name of a
    model such as "openai:text-embedding-3-small"."""
    fields: list[str] | None
    """Paths of what is embedded of an item; the whole item (`["$"]`) by default."""


class GetOp(NamedTuple):
    """Read one item."""

    namespace: tuple[str, ...]
    key: str
    refresh_ttl: bool = True
    """Whether its time to live starts anew."""


class SearchOp(NamedTuple):
    """Find items below a prefix."""

    namespace_prefix: tuple[str, ...]
    filter: dict[str, Any] | None = None
    """Keys of the value and what they must equal, or operators: `{"age": {"$gte": 18}}`."""
    limit: int = 10
    offset: int = 0
    query: str | None = None
    """Text whose meaning decides the order, in stores with an index."""
    refresh_ttl: bool = True


class MatchCondition(NamedTuple):
    """A path that one end of a namespace must match."""

    match_type: NamespaceMatchType
    path: NamespacePath


class ListNamespacesOp(NamedTuple):
    """List namespaces that have items."""

    match_conditions: tuple[MatchCondition, ...] | None = None
    max_depth: int | None = None
    """Labels to keep of each; what is equal then is listed once."""
    limit: int = 100
    offset: int = 0


class PutOp(NamedTuple):
    """Write one item, or delete it (`value=None`)."""

    namespace: tuple[str, ...]
    key: str
    value: Mapping[str, Any] | None
    index: Literal[False] | list[str] | None = None  # type: ignore[assignment]  # a field hides tuple.index
    """Paths to embed; None as the store is configured, False none."""
    ttl: float | None = None
    """Minutes to live."""


Op = GetOp | SearchOp | PutOp | ListNamespacesOp
"""One operation of a batch."""


def check_labels(namespace: Any) -> None:
    """Raise InvalidNamespaceError for a label that no namespace has. An empty path is fine: it means everything."""
    if isinstance(namespace, str):
        raise InvalidNamespaceError(f"namespace {namespace!r} is text; pass a tuple of labels: ({namespace!r},)")
    try:
        labels = iter(namespace)
    except TypeError:
        raise InvalidNamespaceError(f"a namespace is a tuple of labels, not {namespace!r}") from None
    for label in labels:
        if not isinstance(label, str):
            raise InvalidNamespaceError(
                f"label {label!r} in namespace {namespace!r} is {type(label).__name__}; labels are text: str({label!r})"
            )
        if not label:
            raise InvalidNamespaceError(f"namespace {namespace!r} has an empty label; leave it out or name it")
        if "." in label:
            raise InvalidNamespaceError(
                f'label {label!r} in namespace {namespace!r} has a period, which labels may not: replace "."'
            )


def check_writable(namespace: Any) -> None:
    """Raise InvalidNamespaceError for a namespace that nothing can be put into."""
    if not namespace:
        raise InvalidNamespaceError("an item cannot be put into the empty namespace: name at least one label")
    check_labels(namespace)
    if namespace[0] == "langgraph":
        raise InvalidNamespaceError(
            f'namespace {namespace!r} begins with "langgraph", which is reserved: choose another label'
        )


def validate_op_namespace(op: Op) -> None:
    """Raise InvalidNamespaceError when an operation's namespace, prefix or match path has a label that no namespace has.

    For stores that are handed operations directly, where `BaseStore`'s methods have not looked at them.
    """
    if isinstance(op, GetOp | PutOp):
        check_labels(op.namespace)
    elif isinstance(op, SearchOp):
        check_labels(op.namespace_prefix)
    elif isinstance(op, ListNamespacesOp):
        for condition in op.match_conditions or ():
            check_labels(condition.path)
