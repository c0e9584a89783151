"""What type checkers take for a node: a function of the state that may ask for more, by name; nothing here exists at run time.

The state is the first parameter. It may be annotated with any record of keys, for a node reads what its annotation says; a function
of anything else fits only a graph whose state is that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, TypeVar

from actograph.runtime import Runtime
from actograph.types import StreamWriter


class DataclassLike(Protocol):
    """A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class ModelLike(Protocol):
    """A Pydantic model."""

    @property
    def model_fields_set(self) -> set[str]: ...


StateLike = Mapping[str, Any] | DataclassLike | ModelLike
"""A record of keys: a TypedDict or another mapping, a dataclass, a Pydantic model."""

NodeInputT = TypeVar("NodeInputT", bound=StateLike)
"""What a node reads."""
ReadT = TypeVar("ReadT", contravariant=True)
GivenT = TypeVar("GivenT")


class Plain(Protocol[ReadT]):
    def __call__(self, state: ReadT, /) -> Any: ...


class WithConfig(Protocol[ReadT]):
    def __call__(self, state: ReadT, /, *, config: Any) -> Any: ...


class WithWriter(Protocol[ReadT]):
    def __call__(self, state: ReadT, /, *, writer: StreamWriter) -> Any: ...


class WithStore(Protocol[ReadT]):
    def __call__(self, state: ReadT, /, *, store: Any) -> Any: ...


class WithConfigWriter(Protocol[ReadT]):
    def __call__(self, state: ReadT, /, *, config: Any, writer: StreamWriter) -> Any: ...


class WithConfigStore(Protocol[ReadT]):
    def __call__(self, state: ReadT, /, *, config: Any, store: Any) -> Any: ...


class WithWriterStore(Protocol[ReadT]):
    def __call__(self, state: ReadT, /, *, writer: StreamWriter, store: Any) -> Any: ...


class WithConfigWriterStore(Protocol[ReadT]):
    def __call__(self, state: ReadT, /, *, config: Any, writer: StreamWriter, store: Any) -> Any: ...


class WithRuntime(Protocol[ReadT, GivenT]):
    def __call__(self, state: ReadT, /, *, runtime: Runtime[GivenT]) -> Any: ...


class WithRuntimeConfig(Protocol[ReadT, GivenT]):
    def __call__(self, state: ReadT, /, *, runtime: Runtime[GivenT], config: Any) -> Any: ...


class WithRuntimeWriter(Protocol[ReadT, GivenT]):
    def __call__(self, state: ReadT, /, *, runtime: Runtime[GivenT], writer: StreamWriter) -> Any: ...


class WithRuntimeStore(Protocol[ReadT, GivenT]):
    def __call__(self, state: ReadT, /, *, runtime: Runtime[GivenT], store: Any) -> Any: ...


class Runs(Protocol):
    """A graph, or a LangChain runnable."""

    @property
    def invoke(self) -> Callable[..., Any]: ...


AnyReadT = TypeVar("AnyReadT")
AnyGivenT = TypeVar("AnyGivenT")

NodeOf = (
    Plain[AnyReadT]
    | WithConfig[AnyReadT]
    | WithWriter[AnyReadT]
    | WithStore[AnyReadT]
    | WithConfigWriter[AnyReadT]
    | WithConfigStore[AnyReadT]
    | WithWriterStore[AnyReadT]
    | WithConfigWriterStore[AnyReadT]
    | WithRuntime[AnyReadT, AnyGivenT]
    | WithRuntimeConfig[AnyReadT, AnyGivenT]
    | WithRuntimeWriter[AnyReadT, AnyGivenT]
    | WithRuntimeStore[AnyReadT, AnyGivenT]
    | Runs
)
"""A node that reads `AnyReadT`, in a graph that is given a context `AnyGivenT`."""
