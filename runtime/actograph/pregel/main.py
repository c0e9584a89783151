"""The compiled graph as a user holds it: run it, stream it, look at its state, change it.

Every method here is thin: it makes a `Launch` and hands it to the one engine, which the async forms await and the sync forms drive.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, Generic, Self, cast

from actograph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, RunnableConfig
from actograph.constants import INTERRUPT
from actograph.engine.drive import run_async, run_sync, stream_async, stream_sync, wait_for
from actograph.engine.foreign import fetch
from actograph.engine.inspect import snapshot_of
from actograph.engine.launch import Launch, RunResult
from actograph.engine.plan import Plan
from actograph.engine.suspended import Registry, evict_everywhere
from actograph.engine.update import update_state
from actograph.pregel.config import merge_configs, prepare, prepare_access
from actograph.types import (
    All,
    Checkpointer,
    Command,
    Durability,
    StateSnapshot,
    StateUpdate,
    StreamMode,
    ensure_valid_checkpointer,
)
from actograph.typing import ContextT, InputT, OutputT, StateT

Config = Mapping[str, Any]
Modes = StreamMode | Sequence[StreamMode]


class Pregel(Generic[StateT, ContextT, InputT, OutputT]):
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

    # -- running -----------------------------------------------------------------------------------------------------------------

    def invoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes = "values",
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> Any:
        """Run the graph and return its output; see `ainvoke`. Also inside a running event loop, which it then blocks."""
        launch = self._launch(
            input,
            config,
            context,
            _collected(stream_mode),
            output_keys,
            interrupt_before,
            interrupt_after,
            durability,
            True,
        )
        return _returned(*run_sync(launch), stream_mode)

    async def ainvoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes = "values",
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> Any:
        """Run the graph and return its output.

        Parameters:
            input: the state to start from; a `Command` to resume or steer a thread; None to continue a paused or failed one.
            config: `{"configurable": {"thread_id": ...}}` names the thread (needed with a checkpointer); `recursion_limit` bounds the
                supersteps; further keys as in LangChain's RunnableConfig.
            context: run-scoped values for nodes, of the graph's `context_schema`.
            stream_mode: "values" returns the last state; other modes return the list of their chunks.
            output_keys: what to return of the state; by default the output schema.
            interrupt_before, interrupt_after: nodes, or "*", to pause before or after.
            durability: when checkpoints are stored: "sync", "async" (default) or "exit".

        Returns: a dict with the state's keys, and `__interrupt__` (a list of `Interrupt`) when the run paused with questions.
        Raises: EmptyInputError, GraphRecursionError, InvalidUpdateError, and whatever a node raises.
        """
        launch = self._launch(
            input,
            config,
            context,
            _collected(stream_mode),
            output_keys,
            interrupt_before,
            interrupt_after,
            durability,
            False,
        )
        return _returned(*await run_async(launch), stream_mode)

    def stream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> Generator[Any, None, None]:
        """Run the graph and yield its chunks; see `astream`."""
        mode = self.stream_mode if stream_mode is None else stream_mode

        def make() -> Launch:
            return self._launch(
                input,
                config,
                context,
                _modes(mode),
                output_keys,
                interrupt_before,
                interrupt_after,
                durability,
                True,
                stream=True,
            )

        return stream_sync(make, _shape(mode))

    def astream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> AsyncGenerator[Any, None]:
        """Run the graph and yield its chunks as they come.

        `stream_mode`: "values" (the state after each superstep), "updates" (`{node: update}` as each task ends), "custom" (what nodes
        write), or a list of modes, which yields `(mode, chunk)`. A superstep starts when the chunks of the one before were taken: who
        stops reading stops the run, and closing the iterator cancels it and waits for its nodes. Parameters and errors as `ainvoke`.
        """
        mode = self.stream_mode if stream_mode is None else stream_mode

        def make() -> Launch:
            return self._launch(
                input,
                config,
                context,
                _modes(mode),
                output_keys,
                interrupt_before,
                interrupt_after,
                durability,
                False,
                stream=True,
            )

        return stream_async(make, _shape(mode))

    def _launch(
        self,
        input: Any,
        config: Config | None,
        context: Any,
        modes: frozenset[str],
        output_keys: str | Sequence[str] | None,
        interrupt_before: All | Sequence[str] | None,
        interrupt_after: All | Sequence[str] | None,
        durability: Durability | None,
        sync: bool,
        *,
        stream: bool = False,
    ) -> Launch:
        return prepare(
            self,
            input,
            config,
            context=context,
            modes=modes,
            output_keys=output_keys,
            interrupt_before=interrupt_before,
            interrupt_after=interrupt_after,
            durability=durability,
            sync=sync,
            # A node's own chunks must come while it runs: then it may not keep the reader's thread busy.
            live=stream and "custom" in modes,
        )

    # -- state -------------------------------------------------------------------------------------------------------------------

    def get_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """The state of a thread; see `aget_state`."""
        snapshot: StateSnapshot = wait_for(lambda: self._get_state(config, True))
        return snapshot

    async def aget_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """The newest state of the thread that `config` names, or the state at its `checkpoint_id`; an empty snapshot for an unknown
        thread. Raises ValueError without a checkpointer or thread id."""
        return await self._get_state(config, False)

    async def _get_state(self, config: Config, sync: bool) -> StateSnapshot:
        launch = prepare_access(self, config, sync=sync)
        saver = _saver_of(launch)
        stored = await fetch(saver, _address(launch), sync)
        return self._snapshot(launch, stored, config, ahead=launch.checkpoint_id is None)

    def get_state_history(
        self,
        config: Config,
        *,
        filter: dict[str, Any] | None = None,
        before: Config | None = None,
        limit: int | None = None,
    ) -> Iterator[StateSnapshot]:
        """The checkpoints of a thread, newest first; see `aget_state_history`."""
        launch = prepare_access(self, config, sync=True)

        async def all_of() -> list[CheckpointTuple]:
            return [stored async for stored in _listed(launch, filter, before, limit)]

        for stored in wait_for(all_of):
            yield self._snapshot(launch, stored, config, ahead=False)

    async def aget_state_history(
        self,
        config: Config,
        *,
        filter: dict[str, Any] | None = None,
        before: Config | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StateSnapshot]:
        """The checkpoints of a thread, newest first.

        `filter` selects by metadata, e.g. `{"source": "loop"}`; `before` takes those older than that config's checkpoint; `limit` at
        most so many. Each snapshot's `config` leads back to it.
        """
        launch = prepare_access(self, config, sync=False)
        async for stored in _listed(launch, filter, before, limit):
            yield self._snapshot(launch, stored, config, ahead=False)

    def _snapshot(
        self, launch: Launch, stored: CheckpointTuple | None, config: Config, *, ahead: bool
    ) -> StateSnapshot:
        return snapshot_of(
            self.plan, stored, cast(RunnableConfig, dict(config)), self.plan.stream_channels, ahead=ahead
        )

    def update_state(
        self,
        config: Config,
        values: dict[str, Any] | Any | None,
        as_node: str | None = None,
        task_id: str | None = None,
    ) -> RunnableConfig:
        """Change the state of a thread; see `aupdate_state`."""
        return self.bulk_update_state(config, [[StateUpdate(values, as_node, task_id)]])

    async def aupdate_state(
        self,
        config: Config,
        values: dict[str, Any] | Any | None,
        as_node: str | None = None,
        task_id: str | None = None,
    ) -> RunnableConfig:
        """Change the state of a thread as if `as_node` had returned `values`, and return the config of the new checkpoint.

        The update goes through the reducers, and the node's edges decide what runs next. Without `as_node` the node that ran last is
        taken; `END` with None clears what is left to run. Raises InvalidUpdateError when the node is unknown or cannot be told.
        """
        return await self.abulk_update_state(config, [[StateUpdate(values, as_node, task_id)]])

    def bulk_update_state(self, config: Config, supersteps: Sequence[Sequence[StateUpdate]]) -> RunnableConfig:
        """Several updates, one superstep for each inner sequence; see `aupdate_state`."""
        launch = prepare_access(self, config, sync=True)
        return _config_at(launch, wait_for(lambda: update_state(launch, supersteps)))

    async def abulk_update_state(self, config: Config, supersteps: Sequence[Sequence[StateUpdate]]) -> RunnableConfig:
        """Several updates, one superstep for each inner sequence; see `aupdate_state`."""
        launch = prepare_access(self, config, sync=False)
        return _config_at(launch, await update_state(launch, supersteps))

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


def _modes(mode: Modes) -> frozenset[str]:
    return frozenset((mode,) if isinstance(mode, str) else mode)


def _collected(mode: Modes) -> frozenset[str]:
    """The modes whose chunks an invoke returns; "values" alone returns the result instead."""
    return frozenset() if mode == "values" else _modes(mode)


def _shape(mode: Modes) -> Callable[[tuple[Any, str, Any]], Any]:
    """How a chunk looks to the reader: bare for one mode, with its mode for a list."""
    if isinstance(mode, str):
        return lambda chunk: chunk[2]
    return lambda chunk: (chunk[1], chunk[2])


def _returned(result: RunResult, chunks: list[Any], mode: Modes) -> Any:
    if mode != "values":
        return list(map(_shape(mode), chunks))
    if not result.interrupts:
        return result.values
    values = result.values
    questions = list(result.interrupts)
    return {**values, INTERRUPT: questions} if isinstance(values, dict) else {INTERRUPT: questions}


def _saver_of(launch: Launch) -> BaseCheckpointSaver[Any]:
    assert launch.saver is not None
    return launch.saver


def _address(launch: Launch) -> RunnableConfig:
    configurable: dict[str, Any] = {"thread_id": launch.thread_id, "checkpoint_ns": launch.checkpoint_ns}
    if launch.checkpoint_id is not None:
        configurable["checkpoint_id"] = launch.checkpoint_id
    return {"configurable": configurable}


def _config_at(launch: Launch, checkpoint_id: str) -> RunnableConfig:
    return {
        "configurable": {
            "thread_id": launch.thread_id,
            "checkpoint_ns": launch.checkpoint_ns,
            "checkpoint_id": checkpoint_id,
        }
    }


async def _listed(
    launch: Launch, filter: dict[str, Any] | None, before: Config | None, limit: int | None
) -> AsyncIterator[CheckpointTuple]:
    saver = _saver_of(launch)
    config = _address(launch)
    bound = cast("RunnableConfig | None", before)
    if type(saver).alist is not BaseCheckpointSaver.alist:
        async for stored in saver.alist(config, filter=filter, before=bound, limit=limit):
            yield stored
        return
    from anyio import to_thread  # at first use: savers of ours never need it

    for stored in await to_thread.run_sync(lambda: list(saver.list(config, filter=filter, before=bound, limit=limit))):
        yield stored


__all__ = ("Pregel",)
