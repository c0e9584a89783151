"""The state of threads: look at it, list its history, change it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from actograph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, RunnableConfig
from actograph.constants import CONFIG_KEY_RUNTIME, NS_END, NS_SEP
from actograph.engine.drive import wait_for
from actograph.engine.foreign import fetch
from actograph.engine.inspect import snapshot_of
from actograph.engine.launch import Launch
from actograph.engine.nesting.subgraph import stable_namespace
from actograph.engine.plan import Plan
from actograph.engine.replay import complete
from actograph.engine.update import update_state
from actograph.pregel.base import Config, PregelBase
from actograph.pregel.config import prepare_access
from actograph.pregel.nested import graphs_in
from actograph.types import StateSnapshot, StateUpdate
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.pregel.main import Pregel


class Threads(PregelBase[StateT, ContextT, InputT, OutputT]):
    """Reads and changes the state of a graph's threads."""

    def get_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """The state of a thread; see `aget_state`."""
        snapshot: StateSnapshot = wait_for(lambda: self._get_state(config, True, subgraphs))
        return snapshot

    async def aget_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """The newest state of the thread that `config` names, or the state at its `checkpoint_id`; an empty snapshot for an unknown
        thread.

        The task of a sub-graph has that one's config as its `state`, or, with `subgraphs`, its snapshot; the config leads to the
        sub-graph's own state and history. Raises ValueError without a checkpointer or thread id.
        """
        return await self._get_state(config, False, subgraphs)

    async def _get_state(self, config: Config, sync: bool, subgraphs: bool) -> StateSnapshot:
        return await self._state_of(self._graph_at(config), config, sync, subgraphs)

    async def _state_of(
        self, graph: PregelBase[Any, Any, Any, Any], config: Config, sync: bool, subgraphs: bool
    ) -> StateSnapshot:
        launch = prepare_access(self, config, sync=sync, inside=graph)
        stored = await fetch(_saver_of(launch), _address(launch), sync)
        stored = await complete(_saver_of(launch), stored, launch.plan, sync)
        snapshot = _snapshot(launch, stored, config, ahead=launch.checkpoint_id is None)
        if not snapshot.tasks:
            return snapshot
        snapshot = _with_places(graph, snapshot)
        if not subgraphs:
            return snapshot
        tasks = []
        for task in snapshot.tasks:
            if task.state is not None:
                inner = _graph_in(graph, task.name)
                assert inner is not None
                task = task._replace(state=await self._state_of(inner, task.state, sync, True))
            tasks.append(task)
        return snapshot._replace(tasks=tuple(tasks))

    def get_state_history(
        self,
        config: Config,
        *,
        filter: dict[str, Any] | None = None,
        before: Config | None = None,
        limit: int | None = None,
    ) -> Iterator[StateSnapshot]:
        """The checkpoints of a thread, newest first; see `aget_state_history`."""
        graph = self._graph_at(config)
        launch = prepare_access(self, config, sync=True, inside=graph)

        async def all_of() -> list[CheckpointTuple]:
            return [stored async for stored in _listed(launch, filter, before, limit)]

        for stored in wait_for(all_of):
            yield _with_places(graph, _snapshot(launch, stored, config, ahead=False))

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
        graph = self._graph_at(config)
        launch = prepare_access(self, config, sync=False, inside=graph)
        async for stored in _listed(launch, filter, before, limit):
            yield _with_places(graph, _snapshot(launch, stored, config, ahead=False))

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
        launch = prepare_access(self, config, sync=True, inside=self._graph_at(config, must=True))
        done: RunnableConfig = wait_for(lambda: update_state(launch, supersteps))
        return done

    async def abulk_update_state(self, config: Config, supersteps: Sequence[Sequence[StateUpdate]]) -> RunnableConfig:
        """Several updates, one superstep for each inner sequence; see `aupdate_state`."""
        launch = prepare_access(self, config, sync=False, inside=self._graph_at(config, must=True))
        return await update_state(launch, supersteps)

    # -- sub-graphs --------------------------------------------------------------------------------------------------------------

    def get_subgraphs(
        self, *, namespace: str | None = None, recurse: bool = False
    ) -> Iterator[tuple[str, Pregel[Any, Any, Any, Any]]]:
        """The sub-graphs that keep a state, with their names: those that are nodes, and those that a node's function refers to (the first
        of each).

        Parameters:
            namespace: only the one with this name, e.g. `"node"`, or with `recurse` `"node|inner_node"`.
            recurse: those inside sub-graphs too.
        """
        return _subgraphs(self, namespace, recurse, (self.plan,))

    async def aget_subgraphs(
        self, *, namespace: str | None = None, recurse: bool = False
    ) -> AsyncIterator[tuple[str, Pregel[Any, Any, Any, Any]]]:
        """As `get_subgraphs`."""
        for found in self.get_subgraphs(namespace=namespace, recurse=recurse):
            yield found

    def _graph_at(self, config: Config, *, must: bool = False) -> PregelBase[Any, Any, Any, Any]:
        """This graph, or its sub-graph whose namespace `config` names. Raises ValueError if there `must` be one and is none."""
        namespace = (config.get("configurable") or {}).get("checkpoint_ns")
        if not namespace or CONFIG_KEY_RUNTIME in config["configurable"]:
            return self
        # A second call in one task has a number behind the task's part of the namespace.
        names = [name for name in stable_namespace(namespace).split(NS_SEP) if not name.isdecimal()]
        name = NS_SEP.join(names)
        for _, graph in self.get_subgraphs(namespace=name, recurse=True):
            return graph
        if must:
            have = ", ".join(repr(found) for found, _ in self.get_subgraphs(recurse=True)) or "none"
            raise ValueError(
                f"Subgraph {name} not found: graph {self.name!r} has no sub-graph there; there are: {have}"
            )
        return self


def _saver_of(launch: Launch) -> BaseCheckpointSaver[Any]:
    assert launch.saver is not None
    return launch.saver


def _address(launch: Launch) -> RunnableConfig:
    configurable: dict[str, Any] = {"thread_id": launch.thread_id, "checkpoint_ns": launch.checkpoint_ns}
    if launch.checkpoint_id is not None:
        configurable["checkpoint_id"] = launch.checkpoint_id
    return {"configurable": configurable}


def _snapshot(launch: Launch, stored: CheckpointTuple | None, config: Config, *, ahead: bool) -> StateSnapshot:
    plan = launch.plan
    place = config.get("configurable")
    if place is None:
        place = {"thread_id": launch.thread_id}
        config = {**config, "configurable": place}
    if place.get("checkpoint_ns", "") != launch.checkpoint_ns:
        config = {**config, "configurable": {**place, "checkpoint_ns": launch.checkpoint_ns}}
    return snapshot_of(plan, stored, cast(RunnableConfig, dict(config)), plan.stream_channels, ahead=ahead)


def _with_places(graph: PregelBase[Any, Any, Any, Any], snapshot: StateSnapshot) -> StateSnapshot:
    """A snapshot whose tasks say where the state of their sub-graphs is."""
    tasks = []
    for task in snapshot.tasks:
        if _graph_in(graph, task.name) is not None:
            place = snapshot.config.get("configurable", {})
            own = f"{task.name}{NS_END}{task.id}"
            outer = place.get("checkpoint_ns")
            namespace = f"{outer}{NS_SEP}{own}" if outer else own
            task = task._replace(state={"configurable": {"thread_id": place["thread_id"], "checkpoint_ns": namespace}})
        tasks.append(task)
    return snapshot._replace(tasks=tuple(tasks))


def _graph_in(graph: PregelBase[Any, Any, Any, Any], node: str) -> Pregel[Any, Any, Any, Any] | None:
    """The sub-graph with a state in a node."""
    return next((found for found in graphs_in(graph.plan.nodes[node].code) if found.checkpointer is not False), None)


def _subgraphs(
    graph: PregelBase[Any, Any, Any, Any], namespace: str | None, recurse: bool, around: tuple[Plan, ...]
) -> Iterator[tuple[str, Pregel[Any, Any, Any, Any]]]:
    for name in graph.plan.nodes:
        if namespace is not None and namespace != name and not namespace.startswith(f"{name}{NS_SEP}"):
            continue
        found = _graph_in(graph, name)
        if found is None or found.plan in around:  # a node may call the very graph it is in
            continue
        if namespace is None or namespace == name:
            yield name, found
        if recurse and namespace != name:
            below = None if namespace is None else namespace[len(name) + len(NS_SEP) :]
            for inner, deeper in _subgraphs(found, below, True, (*around, found.plan)):
                yield f"{name}{NS_SEP}{inner}", deeper


async def _listed(
    launch: Launch, filter: dict[str, Any] | None, before: Config | None, limit: int | None
) -> AsyncIterator[CheckpointTuple]:
    saver = _saver_of(launch)
    config = _address(launch)
    bound = cast("RunnableConfig | None", before)
    if type(saver).alist is not BaseCheckpointSaver.alist:
        async for stored in saver.alist(config, filter=filter, before=bound, limit=limit):
            yield await _whole(launch, stored)
        return
    from anyio import to_thread  # at first use: savers of ours never need it

    for stored in await to_thread.run_sync(lambda: list(saver.list(config, filter=filter, before=bound, limit=limit))):
        yield await _whole(launch, stored)


async def _whole(launch: Launch, stored: CheckpointTuple) -> CheckpointTuple:
    if not launch.plan.replayed:
        return stored
    return cast(CheckpointTuple, await complete(_saver_of(launch), stored, launch.plan, launch.sync))
