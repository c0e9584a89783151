"""The compiled graph as a user holds it: it is run (`running`), its threads are looked into (`threads`), and here it is made and copied."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Sequence
from typing import Any, Self

from actograph.engine.plan import Plan
from actograph.engine.suspended import Registry, evict_everywhere
from actograph.pregel.base import Config
from actograph.pregel.config import merge_configs
from actograph.pregel.running import Running
from actograph.pregel.threads import Threads
from actograph.types import All, Checkpointer, StreamMode, ensure_valid_checkpointer
from actograph.typing import ContextT, InputT, OutputT, StateT


class Pregel(Running[StateT, ContextT, InputT, OutputT], Threads[StateT, ContextT, InputT, OutputT]):
    """A graph that can be run. `StateGraph.compile` makes one."""

    def __init__(
        self,
        *,
        plan: Plan,
        checkpointer: Checkpointer = None,
        store: Any = None,
        cache: Any = None,
        interrupt_before_nodes: All | Sequence[str] = (),
        interrupt_after_nodes: All | Sequence[str] = (),
        context_schema: type[Any] | None = None,
        config: Config | None = None,
        name: str = "LangGraph",
        debug: bool = False,
        step_timeout: float | None = None,
    ) -> None:
        self.plan = plan
        self.checkpointer = ensure_valid_checkpointer(checkpointer)
        self.store = store
        self.cache = cache
        self.interrupt_before_nodes = interrupt_before_nodes
        self.interrupt_after_nodes = interrupt_after_nodes
        self.context_schema = context_schema
        self.config = config
        self.name = name
        self.debug = debug
        self.step_timeout = step_timeout
        self.stream_mode: StreamMode = "values"
        self._life = _Life()
        # A graph that is dropped, with its copies, gives up the tasks that were held for it.
        weakref.finalize(self._life, evict_everywhere, plan=plan)

    # -- life --------------------------------------------------------------------------------------------------------------------

    def with_config(self, config: Config | None = None, **kwargs: Any) -> Self:
        """The same graph with a config that every run starts from."""
        return self.copy({"config": merge_configs(self.config, config, kwargs)})

    def copy(self, update: dict[str, Any] | None = None) -> Self:
        """The same graph with some attributes replaced."""
        other = self.__class__.__new__(self.__class__)
        other.__dict__.update(self.__dict__)
        other.__dict__.update(update or {})
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


class _Life:
    """Shared by a graph and its copies, and dropped with the last of them."""

    __slots__ = ("__weakref__",)


__all__ = ("Pregel",)
