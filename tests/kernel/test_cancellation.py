"""Cancelling the asker at every suspension, and messages in the middle of their handling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from actograph.actors import ActorStopped, ActorSystem, BackOff, Mailbox, Restart

from .support import KINDS, ConcurrentLog, Decide, Log, Parent, SerialLog, run, turns, until


async def cancel_at(step: int, work: Callable[[], Coroutine[Any, Any, Any]]) -> bool:
    """Run ``work`` in a task and cancel it after ``step`` turns of the loop. Says whether it was still running."""
    task = asyncio.create_task(work())
    await turns(step)
    running = task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
    return running


def strays() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]


async def every_step(
    work: Callable[[], Coroutine[Any, Any, Any]], check: Callable[[], Coroutine[Any, Any, Any]]
) -> int:
    """Cancel ``work`` at its first, second ... turn until it gets through; ``check`` after each time."""
    for step in range(10_000):
        running = await cancel_at(step, work)
        await check()
        if not running:
            return step
    raise AssertionError("the work never gets through")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bounded", [False, True], ids=["unbounded", "bounded"])
def test_asking(kind: type[Log], bounded: bool) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(kind, mailbox=Mailbox(1) if bounded else None)
            several: Any = (lambda: turns(5)) if kind is not Log else "plain"

            async def work() -> None:
                await asyncio.gather(address.ask(several), address.ask(several), address.send(1), address.ask(several))

            async def check() -> None:
                assert await address.ask("alive", timeout=5) == "alive"
                await until(lambda: not strays())
                assert system.statistics().queued == 0

            assert await every_step(work, check) > 1

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_asking_an_actor_that_restarts(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            failures = 0

            def twice() -> str:
                nonlocal failures
                failures += 1
                if failures % 3:
                    raise ValueError
                return "third time"

            address = system.spawn(kind, supervisor=Decide(Restart()))

            async def work() -> None:
                nonlocal failures
                failures = 0
                assert await address.ask(twice) == "third time"

            async def check() -> None:
                assert await address.ask("alive", timeout=5) == "alive"
                await until(lambda: not strays())

            assert await every_step(work, check) > 1

    run(main())


class Slow(SerialLog):
    """Asynchronous hooks, each several turns long."""

    async def started(self) -> None:  # type: ignore[override]
        await turns(3)
        super().started()

    async def stopped(self, reason: BaseException | None) -> None:  # type: ignore[override]
        await turns(3)
        super().stopped(reason)


class SlowSync(Log):
    async def started(self) -> None:  # type: ignore[override]
        await turns(3)

    async def stopped(self, reason: BaseException | None) -> None:  # type: ignore[override]
        await turns(3)


class SlowConcurrent(Slow):
    concurrent = True


@pytest.mark.parametrize("kind", [*KINDS, SlowSync, Slow, SlowConcurrent])
def test_stop_and_wait_at_every_moment_leaves_nothing(kind: type[Log]) -> None:
    """An actor with an ask under way, stopped after 0, 1, 2 ... turns: the ask ends, and no task stays behind."""

    async def main() -> None:
        async with ActorSystem() as system:
            for step in range(25):
                address = system.spawn(kind)
                long: Any = (lambda: turns(5)) if kind not in (Log, SlowSync) else "plain"
                asks = [asyncio.create_task(address.ask(long)) for _ in range(3)]
                await turns(step)
                await address.stop_and_wait()
                assert system.statistics().alive == 0
                for result in await asyncio.gather(*asks, return_exceptions=True):
                    assert result is None or result == "plain" or isinstance(result, ActorStopped), result
                await turns(1)
                assert strays() == set()

    run(main())


@pytest.mark.parametrize("kind", [*KINDS, SlowSync, Slow, SlowConcurrent])
def test_cancelling_whoever_waits_for_the_stop(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(kind)

            async def work() -> None:
                nonlocal address
                address = system.spawn(kind)
                await address.ask(1)
                await address.stop_and_wait()

            async def check() -> None:
                await address.stop_and_wait()
                assert system.statistics().alive <= 1  # the one that nobody used
                await until(lambda: not strays())

            await every_step(work, check)

    run(main())


@pytest.mark.parametrize("kind", [SerialLog, ConcurrentLog])
@pytest.mark.parametrize("begun", [True, False], ids=["begun", "not begun"])
def test_cancelling_one_message(kind: type[Log], begun: bool) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            parent = Parent()
            address = system.spawn(kind, parent=system.spawn(parent))
            await address.ask("activate")
            ended: list[str] = []
            gate = asyncio.Event()

            async def wait() -> str:
                try:
                    await gate.wait()
                finally:
                    ended.append("ended")
                return "finished"

            first, second = (lambda: wait()), (lambda: wait())
            asks = [asyncio.create_task(address.ask(first)), asyncio.create_task(address.ask(second))]
            await turns(1)
            if begun:
                await turns(3)
            running = [message for message, _ in address.running()]
            if kind is ConcurrentLog:
                assert running == [first, second]
            cancelled = address.cancel_running(first)
            assert cancelled == (first in running)
            assert not address.cancel_running("never seen")
            if not cancelled:
                await turns(3)
                assert address.cancel_running(first)
            with pytest.raises(ActorStopped, match="cancelled") as caught:
                await asks[0]
            assert isinstance(caught.value.__cause__, asyncio.CancelledError)
            gate.set()
            assert await asks[1] == "finished"
            assert await address.ask("alive") == "alive"
            await until(lambda: parent.faults)
            assert [fault.message for fault in parent.faults] == [first]
            assert isinstance(parent.faults[0].exception, asyncio.CancelledError)
            await turns(2)
            assert address.running() == ()

    run(main())


@pytest.mark.parametrize("kind", [SerialLog, ConcurrentLog])
def test_cancelling_during_the_back_off(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            parent = Parent()
            supervisor = BackOff(initial=1000, jitter=False)
            address = system.spawn(kind, parent=system.spawn(parent), supervisor=supervisor)

            def broken() -> None:
                raise ValueError

            address.tell(broken)
            await until(lambda: system.statistics().restarts == 1)
            assert address.cancel_running(broken)
            await until(lambda: parent.faults)
            assert isinstance(parent.faults[0].exception, asyncio.CancelledError)
            assert await address.ask("alive") == "alive"

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_stopping_during_the_back_off(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(kind, supervisor=BackOff(initial=1000, jitter=False))

            def broken() -> None:
                raise ValueError

            ask = asyncio.create_task(address.ask(broken))
            await until(lambda: system.statistics().restarts == 1)
            await address.stop_and_wait()
            with pytest.raises(ActorStopped):
                await ask
            assert system.statistics().alive == 0

    run(main())


def test_a_task_cancelled_from_outside_before_it_began() -> None:
    """Whoever cancels tasks by `asyncio.all_tasks`: the actor must not wait for what never began."""

    async def main() -> None:
        for kind in (SerialLog, ConcurrentLog):
            system = ActorSystem()
            address = system.spawn(kind)
            await address.ask(1)
            await turns(3)

            async def teller(address: Any = address) -> None:
                address.tell(2)

            await asyncio.create_task(teller())
            for task in strays():
                task.cancel()
            address.tell(3)
            ask = asyncio.create_task(address.ask(4))
            await turns(1)
            for task in strays() - {ask}:
                task.cancel()
            await turns(3)
            await asyncio.wait_for(system.aclose(), 5)
            await asyncio.wait([ask])
            ask.exception()
            assert strays() == set()

    run(main())


def test_a_message_that_cancels_itself() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            parent = Parent()
            address = system.spawn(ConcurrentLog, parent=system.spawn(parent))

            async def cancelled() -> None:
                raise asyncio.CancelledError

            address.tell(cancelled)
            await until(lambda: parent.faults)
            assert await address.ask("alive") == "alive"

    run(main())
