"""The actor of one node in one run: each `Task` it is sent runs in an asyncio task of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from actograph.actors import Actor, BackOff, HandOver, Restart, Resume, Supervisor
from actograph.actors.supervision import Directive, Fault
from actograph.engine.current import TASK
from actograph.engine.messages import Completed, Drained, Ended, Failed, Suspended
from actograph.engine.nesting.children import stop_children, wait_for_children
from actograph.engine.nesting.navigation import follow
from actograph.engine.plan import NodePlan, Segment
from actograph.engine.policies.caching import keep, look_up
from actograph.engine.policies.clock import call_apart, limited
from actograph.engine.task import Task
from actograph.errors import DrainSignal, GraphDrained, GraphInterrupt, NodeCancelledError, _ParentSignal
from actograph.types import Interrupt, RetryPolicy


class NodeActor(Actor):
    """Runs a node's tasks, any number of them at once, and tells each task's run how it ended."""

    __slots__ = ("node",)
    concurrent = True

    def __init__(self, node: NodePlan) -> None:
        self.node = node

    async def receive(self, message: Task) -> None:
        """Run one task to its end."""
        task = message
        TASK.set(task)
        task.attempt += 1
        if task.attempt > 1:
            # What the failed attempt wrote and asked does not count.
            task.writes = []
            task.asked = 0
            task.raised = ()
        if task.started_at is None and task.node.retry:
            task.started_at = time.time()
        value = task.input
        node = self.node
        try:
            if node.caching is not None or node.timeout is not None or task.timeout is not None:
                await _by_policy(task)
            else:
                for segment in node.segments:
                    if segment.blocking:
                        value = await task.run.call_blocking(task, segment.call, value)
                    else:
                        value = await segment.call(task, value)
        except GraphInterrupt as signal:
            if task.children is not None:
                await wait_for_children(task)
            self._interrupted(task, signal)
            return
        except _ParentSignal as signal:
            await stop_children(task)
            await follow(task, signal)
            return
        except (DrainSignal, GraphDrained) as drained:
            task.tell(Drained(task, drained.reason))
            return
        except asyncio.CancelledError as cancelled:
            if task.children is not None:
                await stop_children(task)
            if task.run.stopping or task.held or task.given_up:
                task.tell(Ended(task))
                raise
            raise NodeCancelledError(task.name) from cancelled
        except GeneratorExit as left:
            if task.run.loop.is_closed():
                raise  # the coroutine is thrown away with its loop
            raise RuntimeError(f"node {task.name!r} raised GeneratorExit") from left
        except BaseExceptionGroup as group:
            commands, others = group.split(_ParentSignal)
            if task.children is not None:
                await wait_for_children(task)
            if commands is not None and others is None:
                await follow(task, commands)
                return
            interrupts, others = group.split(GraphInterrupt)
            if interrupts is None or others is not None:
                raise
            self._interrupted(task, interrupts)
            return
        except BaseException:
            if task.children is not None:
                await stop_children(task)
            raise
        if task.children is not None:
            await stop_children(task)
        if task.raised:
            raise RuntimeError(
                f"node {task.name!r} asked {task.raised[0].value!r} and then ended as if it had been answered: its code swallowed the "
                "GraphInterrupt signal; let it pass (catch Exception, not BaseException, around interrupt())"
            )
        task.tell(Completed(task))

    def _interrupted(self, task: Task, signal: BaseException) -> None:
        # A question of a NodeInterrupt was raised by hand: it is not among those that interrupt() noted.
        noted = {question.id: question for question in task.raised}
        for question in _interrupts(signal):
            noted.setdefault(question.id, question)
        task.raised = tuple(noted.values())
        task.tell(Suspended(task, ended=True))


def _interrupts(signal: BaseException) -> list[Interrupt]:
    if isinstance(signal, BaseExceptionGroup):
        return [question for part in signal.exceptions for question in _interrupts(part)]
    return list(signal.args[0]) if signal.args and signal.args[0] else []


async def _by_policy(task: Task) -> None:
    """An attempt under a cache policy or time limits."""
    caching = task.node.caching
    cache = task.run.launch.cache if caching is not None else None
    if caching is not None and cache is not None and task.attempt == 1 and await look_up(task, caching, cache):
        return
    policy = task.timeout or task.node.timeout
    if policy is None:
        await _work(task)
    else:
        if task.timeout is not None and task.run.launch.sync and task.node.segments[0].blocking:
            raise ValueError(
                f"a Send gave node {task.name!r} a timeout, but its code is sync and cannot be stopped: make it `async def`, or run the "
                "graph with ainvoke or astream"
            )
        await limited(task, policy, _work)
    if caching is not None and cache is not None and not (task.raised or task.given_up):
        await keep(task, caching, cache)


async def _work(task: Task) -> None:
    await work_through(task, task.node.segments, task.input)


async def work_through(task: Task, segments: Sequence[Segment], value: Any) -> Any:
    """Do a node's work for an attempt that may have limits; returns what the last segment returns."""
    for segment in segments:
        if not segment.blocking:
            value = await segment.call(task, value)
        elif task.clock is None:
            value = await task.run.call_blocking(task, segment.call, value)
        else:
            value = await call_apart(task, segment.call, value)
    return value


class NodeSupervisor:
    """Retries by policy, then hands over to the node's error handler, or tells the task's run of a failure that stays one."""

    __slots__ = ("_policies",)

    def __init__(self, policies: Sequence[RetryPolicy]) -> None:
        self._policies = tuple(
            (
                _matcher(policy),
                BackOff(
                    initial=policy.initial_interval,
                    factor=policy.backoff_factor,
                    maximum=policy.max_interval,
                    attempts=policy.max_attempts,
                    jitter=policy.jitter,
                ),
            )
            for policy in policies
        )

    def decide(self, failure: Fault) -> Directive:
        """Restart as the first policy that matches says; otherwise the run, or the node's error handler, deals with it."""
        task: Task = failure.message
        error = failure.exception
        if isinstance(error, Exception) and not task.run.stopping and not task.held:
            for matches, back_off in self._policies:
                if matches(error):
                    if failure.attempt < back_off.attempts:
                        return Restart(back_off.delay(failure.attempt))
                    break
            if task.node.handler is not None and not task.given_up:
                return HandOver(task.run.address)
        task.tell(Failed(task, error))
        return Resume()


def _matcher(policy: RetryPolicy) -> Callable[[Exception], bool]:
    retry_on = policy.retry_on
    if callable(retry_on) and not isinstance(retry_on, type):
        return retry_on
    kinds = retry_on if isinstance(retry_on, type) else tuple(retry_on)
    return lambda error: isinstance(error, kinds)


NO_RETRY: Supervisor = NodeSupervisor(())
