"""The compiled graph as a user holds it: it is run (`running`), its threads are looked into (`threads`), and here it is made and copied."""

from __future__ import annotations

import asyncio
import warnings
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from actograph.engine.plan import Plan
from actograph.engine.suspended import Registry, evict_everywhere
from actograph.pregel.base import Config
from actograph.pregel.batch import Batching
from actograph.pregel.builder import NodeBuilder
from actograph.pregel.config import merge_configs
from actograph.pregel.drawn import Drawn
from actograph.pregel.events import Eventful
from actograph.pregel.joining import join, join_results
from actograph.pregel.parts import OF_PLAN, Parted
from actograph.pregel.protocol import PregelProtocol
from actograph.pregel.runnable import Chainable
from actograph.pregel.running import Running
from actograph.pregel.schemas import Described
from actograph.pregel.teaching import teach
from actograph.pregel.threads import Threads
from actograph.types import All, CachePolicy, Checkpointer, Command, RetryPolicy, StreamMode, ensure_valid_checkpointer
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.pregel.read import PregelNode


class Pregel(
    Running[StateT, ContextT, InputT, OutputT],
    Threads[StateT, ContextT, InputT, OutputT],
    Parted[StateT, ContextT, InputT, OutputT],
    Described[StateT, ContextT, InputT, OutputT],
    Drawn[StateT, ContextT, InputT, OutputT],
    Eventful[StateT, ContextT, InputT, OutputT],
    Batching[StateT, ContextT, InputT, OutputT],
    Chainable[StateT, ContextT, InputT, OutputT],
    PregelProtocol[StateT, ContextT, InputT, OutputT],
):
    """A graph that can be run. `StateGraph.compile` makes one; one of bare nodes and channels is made here."""

    def __init__(
        self,
        *,
        nodes: Mapping[str, PregelNode | NodeBuilder] | None = None,
        channels: Mapping[str, Any] | None = None,
        auto_validate: bool = True,
        stream_mode: StreamMode = "values",
        stream_eager: bool = False,
        output_channels: str | Sequence[str] | None = None,
        stream_channels: str | Sequence[str] | None = None,
        interrupt_after_nodes: All | Sequence[str] = (),
        interrupt_before_nodes: All | Sequence[str] = (),
        input_channels: str | Sequence[str] | None = None,
        step_timeout: float | None = None,
        debug: bool | None = None,
        checkpointer: Checkpointer = None,
        store: Any = None,
        cache: Any = None,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] = (),
        cache_policy: CachePolicy[Any] | None = None,
        context_schema: type[ContextT] | None = None,
        config: Config | None = None,
        trigger_to_nodes: Mapping[str, Sequence[str]] | None = None,
        node_error_handler_map: Mapping[str, str] | None = None,
        name: str = "LangGraph",
        stream_transformers: Sequence[Any] | None = None,
        plan: Plan | None = None,
        **deprecated_kwargs: Any,
    ) -> None:
        """
        Parameters:
            nodes: by name, `NodeBuilder`s or what they built.
            channels: by name; nodes read and write them.
            auto_validate: check now that all names fit together, as `validate` does.
            input_channels: the channel that takes the input, or those that take its keys.
            output_channels: the channel whose value is returned, or those that are returned as a dict.
            stream_channels: what streams and snapshots show of the state; by default all channels.
            stream_mode, stream_eager: what `stream` yields when it is not told, and whether while nodes run.
            interrupt_before_nodes, interrupt_after_nodes: nodes, or "*", to pause before or after.
            step_timeout: longest time of a superstep, in seconds.
            retry_policy, cache_policy: for nodes without one of their own.
            checkpointer, store, cache, context_schema, debug, name: as in `StateGraph.compile`.
            config: what every run starts from.
            trigger_to_nodes, node_error_handler_map: worked out of the nodes; accepted for LangGraph's sake.
            plan: what was planned elsewhere, instead of nodes and channels.

        Raises ValueError for names that do not fit, TypeError for what is no node or channel.
        """
        self.checkpointer = ensure_valid_checkpointer(checkpointer)
        self.store = store
        self.cache = cache
        self.interrupt_before_nodes = interrupt_before_nodes
        self.interrupt_after_nodes = interrupt_after_nodes
        self.retry_policy = (retry_policy,) if isinstance(retry_policy, RetryPolicy) else tuple(retry_policy)
        self.cache_policy = cache_policy
        self.context_schema = _older(deprecated_kwargs, context_schema)
        self.config = config
        self.name = name
        self.debug = bool(debug)
        self.step_timeout = step_timeout
        self.stream_transformers = tuple(stream_transformers or ())
        self.stream_mode = stream_mode
        self.stream_eager = stream_eager
        if plan is None:
            if nodes is None or input_channels is None or output_channels is None:
                missing = {"nodes": nodes, "input_channels": input_channels, "output_channels": output_channels}
                raise TypeError(
                    f"Pregel() needs {', '.join(f'{key}=' for key, given in missing.items() if given is None)}"
                )
            plan = self._assemble(
                nodes, channels, input_channels, output_channels, stream_channels, check=auto_validate
            )
        self.plan = plan
        if self._parts is not None:
            teach(self.checkpointer, self)
        self._life = _Life()
        # A graph that is dropped, with its copies, gives up the tasks that were held for it.
        weakref.finalize(self._life, evict_everywhere, plan=plan)

    # -- cache -------------------------------------------------------------------------------------------------------------------

    def clear_cache(self, nodes: Sequence[str] | None = None) -> None:
        """Drop the cached results of `nodes`, by default of all nodes. Names of no node, or of one that is not cached, change nothing.

        Raises ValueError for a graph without a cache.
        """
        self._cache_of().clear(self._cached(nodes))

    async def aclear_cache(self, nodes: Sequence[str] | None = None) -> None:
        """`clear_cache`, for async code."""
        await self._cache_of().aclear(self._cached(nodes))

    def _cache_of(self) -> Any:
        if self.cache is None:
            raise ValueError(f"graph {self.name!r} has no cache to clear: compile it with one, e.g. InMemoryCache()")
        return self.cache

    def _cached(self, nodes: Sequence[str] | None) -> list[tuple[str, ...]]:
        plans = self.plan.nodes.values()
        return [
            plan.caching.namespace
            for plan in plans
            if plan.caching is not None and (nodes is None or plan.name in nodes)
        ]

    # -- life --------------------------------------------------------------------------------------------------------------------

    def with_config(self, config: Config | None = None, **kwargs: Any) -> Self:
        """The same graph with a config that every run starts from."""
        return self.copy({"config": merge_configs(self.config, config, kwargs)})

    def copy(self, update: dict[str, Any] | None = None) -> Self:
        """The same graph with some attributes replaced, e.g. its checkpointer, or `output_channels`."""
        changed = dict(update or {})
        of_plan = {key: value for key, value in changed.items() if key in OF_PLAN}
        for key in of_plan:
            if isinstance(getattr(type(self), key, None), property):
                del changed[key]  # worked out of the plan
        other: Self = object.__new__(type(self))
        vars(other).update(vars(self), **changed)
        if of_plan:
            vars(other).pop("_taught", None)
            other.plan = other._replanned(of_plan)
            other._life = _Life()
            weakref.finalize(other._life, evict_everywhere, plan=other.plan)
        if "checkpointer" in changed:
            other.checkpointer = ensure_valid_checkpointer(other.checkpointer)
            teach(other.checkpointer, other)
        return other

    async def aclose(self) -> None:
        """Give up the tasks that this graph's pauses hold in the running loop, and wait for them; their threads go on by replay."""
        ended = Registry.of(asyncio.get_running_loop()).evict_where(plan=self.plan)
        if ended:
            await asyncio.gather(*ended, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _older(given: dict[str, Any], context_schema: type[Any] | None) -> type[Any] | None:
    """The context's schema, also under its earlier name."""
    if "config_type" not in given:
        return context_schema
    warnings.warn("Pregel(config_type=...) is now context_schema=", DeprecationWarning, stacklevel=3)
    older: type[Any] | None = given["config_type"]
    return older


join(Pregel)
join_results(Command)


class _Life:
    """Shared by a graph and its copies, and dropped with the last of them."""

    __slots__ = ("__weakref__",)


__all__ = ("NodeBuilder", "Pregel")
