"""A graph as a part of LangChain's chains. Everything here is LangChain's own code, looked up when it is first asked for."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from actograph.pregel.base import PregelBase
from actograph.pregel.langchain import runnable_class
from actograph.typing import ContextT, InputT, OutputT, StateT

_OFFERED = frozenset(
    (
        "_abatch_with_config",
        "_acall_with_config",
        "_atransform_stream_with_config",
        "_batch_with_config",
        "_call_with_config",
        "_transform_stream_with_config",
        "as_tool",
        "config_specs",
        "get_prompts",
        "input_schema",
        "output_schema",
        "with_alisteners",
        "with_listeners",
        "with_types",
    )
)
"""What a `Runnable` has besides the methods below: asking for anything else does not make LangChain be imported."""


def _loaded() -> Any:
    """LangChain's `Runnable`, if this process has imported it."""
    return getattr(sys.modules.get("langchain_core.runnables.base"), "Runnable", None)


class Chainable(PregelBase[StateT, ContextT, InputT, OutputT]):
    """Composes a graph with LangChain's runnables. Every method raises ModuleNotFoundError where langchain-core is not installed."""

    stream: Callable[..., Iterator[Any]]
    astream: Callable[..., AsyncIterator[Any]]

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        """The graph's name, or `name`, with `suffix`."""
        called = name or self.name
        if not suffix:
            return called
        return f"{called}{suffix.title()}" if called[:1].isupper() else f"{called}_{suffix.lower()}"

    def __or__(self, other: Any) -> Any:
        return runnable_class("graph | runnable").__or__(self, other)

    def __ror__(self, other: Any) -> Any:
        return runnable_class("runnable | graph").__ror__(self, other)

    def pipe(self, *others: Any, name: str | None = None) -> Any:
        """A chain: the graph, then `others`, each with the result of the one before."""
        return runnable_class("graph.pipe()").pipe(self, *others, name=name)

    def bind(self, **kwargs: Any) -> Any:
        """The graph as a runnable that is always invoked with `kwargs`."""
        return runnable_class("graph.bind()").bind(self, **kwargs)

    def with_retry(self, **options: Any) -> Any:
        """The graph as a runnable that is tried again when it fails; see LangChain's `Runnable.with_retry`."""
        return runnable_class("graph.with_retry()").with_retry(self, **options)

    def with_fallbacks(self, fallbacks: Sequence[Any], **options: Any) -> Any:
        """The graph as a runnable that gives way to others when it fails; see LangChain's `Runnable.with_fallbacks`."""
        return runnable_class("graph.with_fallbacks()").with_fallbacks(self, fallbacks, **options)

    def map(self) -> Any:
        """A runnable that takes a list of inputs, and runs the graph on each."""
        return runnable_class("graph.map()").map(self)

    def pick(self, keys: str | list[str]) -> Any:
        """A chain: the graph, of whose output some keys are picked."""
        return runnable_class("graph.pick()").pick(self, keys)

    def assign(self, **kwargs: Any) -> Any:
        """A chain: the graph, to whose output what the runnables `kwargs` make of it is added."""
        return runnable_class("graph.assign()").assign(self, **kwargs)

    def astream_log(self, input: Any, config: Any = None, **kwargs: Any) -> AsyncIterator[Any]:
        """langchain-core's log of a run, as patches of one document."""
        log: AsyncIterator[Any] = runnable_class("graph.astream_log()").astream_log(self, input, config, **kwargs)
        return log

    def transform(self, input: Iterator[Any], config: Any = None, **kwargs: Any) -> Iterator[Any]:
        """Stream the graph on an input that comes in pieces: they are added up first."""
        return runnable_class("graph.transform()").transform(self, input, config, **kwargs)  # type: ignore[no-any-return]

    def atransform(self, input: AsyncIterator[Any], config: Any = None, **kwargs: Any) -> AsyncIterator[Any]:
        """Like `transform`."""
        return runnable_class("graph.atransform()").atransform(self, input, config, **kwargs)  # type: ignore[no-any-return]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in _OFFERED or (not name.startswith("__") and hasattr(_loaded(), name)):
                found = vars(runnable_class(f"graph.{name}")).get(name)
                if isinstance(found, FunctionType):
                    return MethodType(found, self)
                if isinstance(found, property):
                    return found.fget(self)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
