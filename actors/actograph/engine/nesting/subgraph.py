"""Runs of sub-graphs: where in their thread they keep their state, when they go on from it, and how they are answered.

A graph that is called in a node keeps its state in a namespace of its own, named after the node's task. What it stored under one superstep
of the graph around it is gone on from only when that very superstep is taken up again, after a pause or a failure. A sub-graph with a
memory of its own has a namespace without task ids; it starts each call from what the one before left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from actograph.channels.base import MISSING
from actograph.checkpoint.base import CheckpointTuple, RunnableConfig
from actograph.constants import NS_END, NS_SEP
from actograph.engine.entries import has_ended, questions_of
from actograph.engine.foreign import fetch, newest_of
from actograph.engine.messages import Loaded
from actograph.engine.plan import Writes

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.launch import Launch
    from actograph.engine.task import Task


def stable_namespace(namespace: str) -> str:
    """A namespace without the ids of tasks: the names of the nodes that lead there."""
    return NS_SEP.join(part.partition(NS_END)[0] for part in namespace.split(NS_SEP))


def namespace_of_call(task: Task, call: int, *, own_memory: bool) -> str:
    """Namespace of the graph that `task` calls, having called `call` others before."""
    namespace = task.checkpoint_ns
    if call:
        namespace = f"{namespace}{NS_SEP}{call}"
    return stable_namespace(namespace) if own_memory else namespace


def parents_of(task: Task) -> dict[str, str]:
    """The checkpoints that the runs around a graph called in `task` stand at, by namespace."""
    launch = task.run.launch
    parents = {**launch.parents, launch.checkpoint_ns: task.run.origin}
    caller = task.caller
    while caller is not None:
        # A call of a `@task` function is below the task that made it.
        parents[caller.checkpoint_ns] = task.run.origin
        caller = caller.caller
    return parents


def checkpoint_config(
    thread_id: str | None, namespace: str, checkpoint_id: str, parents: Mapping[str, str]
) -> RunnableConfig:
    """The config that leads to a checkpoint; for one of a sub-graph also to those of the graphs around it."""
    configurable: dict[str, Any] = {
        "thread_id": thread_id,
        "checkpoint_ns": namespace,
        "checkpoint_id": checkpoint_id,
    }
    if parents:
        configurable["checkpoint_map"] = {**parents, namespace: checkpoint_id}
    return {"configurable": configurable}


def is_recorded(launch: Launch) -> bool:
    """Whether the end of a run is stored if nothing of it was: not so a sub-graph's that is done, and has nothing to go on from."""
    return launch.parent is None or launch.durability != "exit" or NS_END not in launch.checkpoint_ns


# -- going on --------------------------------------------------------------------------------------------------------------------------


async def find_own(run: Coordinator) -> Loaded:
    """What a sub-graph goes on from, or starts from, if anything."""
    launch = run.launch
    parent = launch.parent
    saver = launch.saver
    assert parent is not None
    assert saver is not None
    namespace = launch.checkpoint_ns
    address: RunnableConfig = {"configurable": {"thread_id": launch.thread_id, "checkpoint_ns": namespace}}
    own_memory = NS_END not in namespace
    replay = launch.replay
    first = replay is not None and replay.first_visit(namespace)
    named = launch.parents.get(namespace) if first else None
    if named is not None:
        stored = await fetch(saver, {"configurable": {**address["configurable"], "checkpoint_id": named}}, launch.sync)
        head = await fetch(saver, address, launch.sync)
        newest = stored is None or head is None or head.checkpoint["id"] == named
        return Loaded(stored, newest, resumes=True, named=True)
    again = _again(parent)
    if not again and not own_memory:
        return Loaded()  # the superstep around it is new: nothing can be there
    head = await fetch(saver, address, launch.sync)
    if again and head is not None and not (first and replay is not None and replay.afresh):
        if not own_memory or _left_here(head, launch):
            return Loaded(head, resumes=True)
        # Later turns, or other branches of the thread, have stored more since.
        found = await newest_of(saver, address, launch.sync, filter={"parents": dict(launch.parents)})
        if found is not None:
            return Loaded(found, resumes=True)
    if not own_memory:
        return Loaded()
    if first and replay is not None and replay.floor is not None:
        return Loaded(await newest_of(saver, address, launch.sync, before=replay.floor))
    return Loaded(head)


def _again(task: Task) -> bool:
    """Whether a task does again what an earlier run had begun. Another attempt of a node calls its graphs afresh, as calls of their own."""
    run = task.run
    if run.resumed:
        return True
    # A run that keeps nothing is replayed whole, with the task that called it.
    outer = run.launch.parent
    return run.launch.saver is None and outer is not None and _again(outer)


def _left_here(stored: CheckpointTuple, launch: Launch) -> bool:
    """Whether a checkpoint was made inside the superstep that is taken up again, or by an update of the sub-graph's state since then."""
    parent = launch.parent
    assert parent is not None
    outer = parent.run.launch.checkpoint_ns
    made_in: Mapping[str, str] = stored.metadata.get("parents") or {}
    if made_in.get(outer) == launch.parents[outer]:
        return True
    if stored.metadata.get("source") == "update" and stored.checkpoint["id"] > launch.parents[outer]:
        return True
    return parent.run.lineage.get(launch.checkpoint_ns) == stored.checkpoint["id"]


# -- answers ---------------------------------------------------------------------------------------------------------------------------


def take_answers(run: Coordinator, pending: Mapping[str, Writes]) -> None:
    """Give the tasks of a sub-graph that goes on the answers that wait for them in the tasks around it."""
    parent = run.launch.parent
    assert parent is not None
    run.altered = run.altered or parent.run.altered
    run.rerun_paused = parent.run.rerun_paused or run.altered
    answers: dict[str, dict[str, Any]] = {}
    for tid, writes in pending.items():
        if not has_ended(writes):
            for question in questions_of(writes):
                answer = parent.answer_to(question.id)
                if answer is not MISSING:
                    answers.setdefault(tid, {})[question.id] = answer
    run.new_answers = answers


def bare_answer(task: Task) -> Any:
    """The answer without an id that the caller gave to this task, or to one around it; MISSING if there is none."""
    run = task.run
    given = run.bare_answer
    if given is not None:
        return given[1] if given[0] == task.id else MISSING
    outer = run.launch.parent
    return MISSING if outer is None else bare_answer(outer)
