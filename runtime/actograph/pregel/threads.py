"""The state of threads: look at it, list its history, change it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, cast

from actograph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, RunnableConfig
from actograph.engine.drive import wait_for
from actograph.engine.foreign import fetch
from actograph.engine.inspect import snapshot_of
from actograph.engine.launch import Launch
from actograph.engine.update import update_state
from actograph.pregel.base import Config, PregelBase
from actograph.pregel.config import prepare_access
from actograph.types import StateSnapshot, StateUpdate
from actograph.typing import ContextT, InputT, OutputT, StateT


class Threads(PregelBase[StateT, ContextT, InputT, OutputT]):
    """Reads and changes the state of a graph's threads."""

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
