"""Nodes whose run is heard of: the same work, where callbacks learn what the code returned and what routers were asked.

Made when the first run with callbacks meets a node; other runs have no part in it.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from actograph.engine.plan import Segment
from actograph.graph.action import Action, call_runnable, is_runnable
from actograph.graph.node import Unit, fuse, segments_of
from actograph.runtime import scope_of

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.graph.branch import Branch

Call = Callable[["Task", Any], Any]
Routed = Callable[[Callable[["Branch", int], Call]], list[Unit]]
"""Makes the routers of a node, given how each is asked."""


def observed_work(
    action: Action,
    complete: Call | None,
    write: Callable[[Task, Any], None],
    routes: Routed | None = None,
    edges: int = 0,
) -> Callable[[], tuple[Segment, ...]]:
    """What a node does, observed; with `edges` static edges between it and its routers."""

    @functools.cache
    def make() -> tuple[Segment, ...]:
        steps = _steps(action.target)
        call = _answering(action) if not steps else _in_steps(steps)
        first = max(len(steps), 1) + edges + 2
        units = (
            [] if routes is None else routes(lambda branch, index: _asking(branch.action, f"seq:step:{first + index}"))
        )
        return segments_of(action, complete, write, units, call)

    return make


def observed_entry(write: Callable[[Task, Any], None], routes: Routed, edges: int) -> Callable[[], tuple[Segment, ...]]:
    """The same for the entry, which has no code of its own: what it returns is its input."""

    def given(task: Task, value: Any) -> None:
        scope_of(task).trace.output = value

    @functools.cache
    def make() -> tuple[Segment, ...]:
        units = routes(lambda branch, index: _asking(branch.action, f"seq:step:{edges + 2 + index}"))
        return fuse([(given, None), (write, None), *units])

    return make


def observed_parts(
    parts: Sequence[Action], whole: Action, complete: Call | None, write: Callable[[Task, Any], None]
) -> Callable[[], tuple[Segment, ...]]:
    """What a node of several pieces of code does, observed: each has a chain run below the node's."""

    @functools.cache
    def make() -> tuple[Segment, ...]:
        single = [one for part in parts for one in map(Action, _steps(part.target) or (part.target,))]
        calls = [(_asking(part, f"seq:step:{number}"), part.is_async) for number, part in enumerate(single, 1)]

        def call(task: Task, value: Any) -> Any:
            trace = scope_of(task).trace
            for part, _ in calls:
                value = part(task, value)
            trace.output = value
            return value

        async def acall(task: Task, value: Any) -> Any:
            trace = scope_of(task).trace
            for part, is_async in calls:
                if is_async:
                    value = await part(task, value)
                else:
                    value = await task.run.call_blocking(task, part, value)
            trace.output = value
            return value

        return segments_of(whole, complete, write, (), acall if whole.is_async else call)

    return make


def _answering(action: Action) -> Call:
    """The user's code, whose result is noted."""
    inner = action.call
    if action.is_async:

        async def acall(task: Task, value: Any) -> Any:
            trace = scope_of(task).trace
            trace.output = result = await inner(task, value)
            return result

        return acall

    def call(task: Task, value: Any) -> Any:
        trace = scope_of(task).trace  # this attempt's, however late it returns
        trace.output = result = inner(task, value)
        return result

    return call


def _steps(target: Any) -> Sequence[Any]:
    """Those of a LangChain sequence: each is a part of the node itself."""
    base = sys.modules.get("langchain_core.runnables.base")
    if base is None or type(target) is not base.RunnableSequence:
        return ()
    steps: Sequence[Any] = target.steps
    return steps


def _in_steps(steps: Sequence[Any]) -> Call:
    async def call(task: Task, value: Any) -> Any:
        trace = scope_of(task).trace
        for number, step in enumerate(steps, 1):
            with trace.within(trace.child(f"seq:step:{number}")):
                value = await call_runnable(step, task, value)
        trace.output = value
        return value

    return call


def _passing_on(action: Action, tag: str) -> Call:
    inner = action.call
    if not action.is_async:

        def pass_on(task: Task, value: Any) -> Any:
            trace = scope_of(task).trace
            with trace.within(trace.child(tag)):
                return inner(task, value)

        return pass_on

    async def apass_on(task: Task, value: Any) -> Any:
        trace = scope_of(task).trace
        with trace.within(trace.child(tag)):
            return await inner(task, value)

    return apass_on


def _asking(action: Action, tag: str) -> Call:
    """A router, whose question and answer are a chain run below the node's."""
    inner = action.call
    # As LangGraph names what has no name.
    name = "RunnableCallable" if action.name == "<lambda>" else action.name
    if is_runnable(action.target):
        # It makes a run of its own.
        return _passing_on(action, tag)
    if not action.is_async:

        def ask(task: Task, value: Any) -> Any:
            trace = scope_of(task).trace
            run = trace.sync_child(tag).on_chain_start(None, value, name=name)
            try:
                with trace.within(run.get_child()):
                    result = inner(task, value)
            except BaseException as error:
                run.on_chain_error(error)
                raise
            run.on_chain_end(result)
            return result

        return ask

    async def aask(task: Task, value: Any) -> Any:
        trace = scope_of(task).trace
        starting = trace.child(tag).on_chain_start(None, value, name=name)
        run = await starting if trace.is_async else starting
        try:
            with trace.within(run.get_child()):
                result = await inner(task, value)
        except GeneratorExit:
            raise  # the coroutine is thrown away with its loop, and can await nothing
        except BaseException as error:
            failing = run.on_chain_error(error)
            if trace.is_async:
                await failing
            raise
        ending = run.on_chain_end(result)
        if trace.is_async:
            await ending
        return result

    return aask
