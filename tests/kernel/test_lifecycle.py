"""Activation, passivation, and the hooks."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import pytest

from actograph.actors import Actor, ActorError, ActorStopped, ActorSystem, Escalated, HandOver, Restart, Resume

from .support import KINDS, ConcurrentLog, Decide, Log, Parent, Reports, SerialLog, fail, letters, run, turns, until


class Hooked(Log):
    """Hooks that wait."""

    async def started(self) -> None:  # type: ignore[override]
        await turns(2)
        super().started()

    async def stopped(self, reason: BaseException | None) -> None:  # type: ignore[override]
        await turns(2)
        super().stopped(reason)


class HookedSerial(Hooked, SerialLog):
    pass


class HookedConcurrent(HookedSerial):
    concurrent = True


HOOKED: tuple[type[Log], ...] = (*KINDS, Hooked, HookedSerial, HookedConcurrent)


class Factory:
    """A factory of unknown class; keeps what it made."""

    def __init__(self, kind: type[Log]) -> None:
        self.kind = kind
        self.made: list[Log] = []

    def __call__(self) -> Log:
        self.made.append(self.kind())
        return self.made[-1]


@pytest.mark.parametrize("kind", HOOKED)
def test_activated_by_the_first_message_and_not_before(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            factory = Factory(kind)
            address = system.spawn(factory)
            await turns(5)
            assert factory.made == []
            assert (system.statistics().alive, system.statistics().active) == (1, 0)
            asks = [asyncio.create_task(address.ask(n)) for n in range(3)]
            assert await asyncio.gather(*asks) == [0, 1, 2]
            (log,) = factory.made
            assert log.seen == [0, 1, 2]
            assert log.events == ["started"]
            assert system.statistics().active == 1
            await address.stop_and_wait()
            assert log.events == ["started", ("stopped", None)]

    run(main())


@pytest.mark.parametrize("kind", HOOKED)
def test_an_actor_that_was_never_activated_has_no_hooks_run(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = kind()
            address = system.spawn(log)
            address.stop()
            assert not address.alive
            assert log.events == []
            assert system.statistics().alive == 0

    run(main())


@pytest.mark.parametrize("kind", HOOKED)
def test_passivated_when_idle_and_activated_again(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            factory = Factory(kind)
            address = system.spawn(factory, idle_after=0.02)
            await address.ask(1)
            await until(lambda: system.statistics().passivated == 1, turns=10_000_000)
            (first,) = factory.made
            await until(lambda: first.events == ["started", ("stopped", None)])
            asks = [asyncio.create_task(address.ask(n)) for n in (2, 3)]
            assert await asyncio.gather(*asks) == [2, 3]
            assert len(factory.made) == 2
            assert first.seen == [1]
            assert factory.made[1].seen == [2, 3]
            figures = system.statistics()
            assert (figures.alive, figures.active, figures.passivated) == (1, 1, 0)

    run(main())


@pytest.mark.parametrize("kind", HOOKED)
def test_a_message_during_the_passivation_is_not_lost(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            factory = Factory(kind)
            address = system.spawn(factory, idle_after=0.005)
            for number in range(10):
                assert await address.ask(number) == number
                made = len(factory.made)
                await until(lambda: not system.statistics().active, turns=10_000_000)  # an asynchronous hook still runs
                assert made == number + 1
            assert [log.seen for log in factory.made] == [[number] for number in range(10)]
            await until(lambda: not system.statistics().running)
            assert all(log.events == ["started", ("stopped", None)] for log in factory.made)

    run(main())


def test_an_instance_is_passivated_and_started_again() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log, idle_after=0.01)
            await address.ask(1)
            await until(lambda: len(log.events) == 2, turns=10_000_000)
            await address.ask(2)
            assert log.events == ["started", ("stopped", None), "started"]
            assert log.seen == [1, 2]

    run(main())


@pytest.mark.parametrize("kind", [SerialLog, ConcurrentLog])
def test_not_passivated_while_a_message_is_handled(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = kind()
            address = system.spawn(log, idle_after=0.005)
            assert await address.ask(lambda: asyncio.sleep(0.05, "long")) == "long"
            assert log.events == ["started"]

    run(main())


def test_steady_messages_keep_it_active() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log, idle_after=0.2)
            end = asyncio.get_running_loop().time() + 0.5
            while asyncio.get_running_loop().time() < end:
                address.tell(1)
                await asyncio.sleep(0.005)
            assert log.events == ["started"]

    run(main())


# -- factories --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_spawned(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            for factory in (kind, kind(), lambda: kind(), functools.partial(kind), functools.partial(Factory(kind))):
                assert await system.spawn(factory).ask(1) == 1

    run(main())


def test_what_cannot_be_spawned() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            with pytest.raises(TypeError, match="got int"):
                system.spawn(5)  # type: ignore[arg-type]
            with pytest.raises(ValueError, match="idle_after"):
                system.spawn(Log, idle_after=0)
            with pytest.raises(TypeError, match="returned str"):
                await system.spawn(str).ask(1)  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="implement `receive"):
                await system.spawn(type("Empty", (Actor,), {})).ask(1)
        with pytest.raises(ActorError, match="closed"):
            system.spawn(Log)

    run(main())


def test_concurrent_needs_a_coroutine_function() -> None:
    with pytest.raises(TypeError, match=r"async def receive"):

        class Wrong(Actor):
            concurrent = True

            def receive(self, message: Any) -> None: ...


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_a_factory_that_changes_its_mind(first: type[Log], second: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            kinds = [first, second]
            address = system.spawn(lambda: kinds.pop(0)(), name="fickle", idle_after=0.005)
            assert await address.ask(1) == 1
            await until(lambda: system.statistics().passivated, turns=10_000_000)
            if first is second:
                assert await address.ask(2) == 2
            else:
                with pytest.raises(TypeError, match="fickle"):
                    await address.ask(2)

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_factory_of_unknown_class_keeps_the_order_of_messages(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            factory = Factory(kind)
            address = system.spawn(factory)
            asks = [asyncio.create_task(address.ask(n)) for n in range(20)]
            assert await asyncio.gather(*asks) == list(range(20))
            assert factory.made[0].seen == list(range(20))

    run(main())


# -- failing hooks ----------------------------------------------------------------------------------------------------


def failing(kind: type[Log], hook: str, times: int) -> Any:
    """A factory whose first ``times`` actors fail in the hook."""
    count = 0

    def fail_first() -> None:
        nonlocal count
        count += 1
        if count <= times:
            raise OSError(f"{hook} {count}")

    class Failing(kind):  # type: ignore[misc,valid-type]
        if kind in KINDS:

            def started(self) -> None:
                if hook == "started":
                    fail_first()

            def stopped(self, reason: BaseException | None) -> None:
                if hook == "stopped":
                    fail_first()

        else:

            async def started(self) -> None:
                await turns(1)
                if hook == "started":
                    fail_first()

            async def stopped(self, reason: BaseException | None) -> None:
                await turns(1)
                if hook == "stopped":
                    fail_first()

    if hook != "factory":
        return Failing

    def factory() -> Log:
        fail_first()
        return Failing()

    return factory


@pytest.mark.parametrize("hook", ["factory", "started"])
@pytest.mark.parametrize("kind", HOOKED)
def test_a_failing_start_is_a_failure_of_the_message(kind: type[Log], hook: str) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            parent = Parent()
            address = system.spawn(failing(kind, hook, 1), parent=system.spawn(parent))
            asks = [asyncio.create_task(address.ask(n)) for n in range(2)]
            with pytest.raises(OSError, match=f"{hook} 1"):
                await asks[0]
            serial = kind not in (ConcurrentLog, HookedConcurrent)
            if serial or hook == "factory":
                # Without a class, the kernel cannot know that the actor would be concurrent: it stops like a serial one.
                with pytest.raises(ActorStopped) as caught:
                    await asks[1]
                assert isinstance(caught.value.__cause__, OSError)
            else:
                assert await asks[1] == 1
            await until(lambda: parent.faults)
            (fault,) = parent.faults
            assert (fault.message, fault.attempt, str(fault.exception)) == (0, 1, f"{hook} 1")

    run(main())


@pytest.mark.parametrize("hook", ["factory", "started"])
@pytest.mark.parametrize("delay", [0, 0.002])
@pytest.mark.parametrize("kind", HOOKED)
def test_a_failing_start_is_supervised(kind: type[Log], hook: str, delay: float) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            supervisor = Decide(Restart(delay))
            address = system.spawn(failing(kind, hook, 3), supervisor=supervisor)
            asks = [asyncio.create_task(address.ask(n)) for n in range(3)]
            assert await asyncio.gather(*asks) == [0, 1, 2]
            assert [(fault.message, fault.attempt) for fault in supervisor.faults] == [(0, 1), (0, 2), (0, 3)]
            assert system.statistics().restarts == 3

    run(main())


@pytest.mark.parametrize("kind", HOOKED)
def test_a_failing_start_that_is_resumed_concerns_one_message(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(failing(kind, "started", 2), supervisor=Decide(Resume()))
            asks = [asyncio.create_task(address.ask(n)) for n in range(4)]
            results = await asyncio.gather(*asks, return_exceptions=True)
            assert [str(result) for result in results] == ["started 1", "started 2", "2", "3"]

    run(main())


@pytest.mark.parametrize("kind", HOOKED)
def test_a_failing_start_that_is_handed_over(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            heir = Log()
            supervisor = Decide(HandOver(system.spawn(heir)))
            address = system.spawn(failing(kind, "started", 1), supervisor=supervisor)
            handed = await address.ask("message")
            assert (handed.fault.message, str(handed.fault.exception)) == ("message", "started 1")
            assert await address.ask(2) == 2

    run(main())


@pytest.mark.parametrize("kind", HOOKED)
def test_a_failing_stop_is_reported_and_others_go_on(kind: type[Log]) -> None:
    async def main() -> None:
        system = ActorSystem()
        reports = Reports()
        addresses = [system.spawn(failing(kind, "stopped", 1), name=f"a{n}") for n in range(3)]
        for address in addresses:
            await address.ask(1)
        await system.aclose(timeout=5)
        assert [str(report["exception"]) for report in reports] == ["stopped 1"] * 3
        assert all("`stopped` hook of actor 'a" in report["message"] for report in reports)
        assert system.statistics().hook_failures == 3
        assert system.statistics().alive == 0

    asyncio.run(main())


@pytest.mark.parametrize("kind", [kind for kind in HOOKED if not kind.concurrent])
def test_a_failing_stop_does_not_prevent_the_restart(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            reports = Reports()
            address = system.spawn(failing(kind, "stopped", 1), supervisor=Decide(Restart()))
            failures = [ValueError()]

            def once() -> str:
                if failures:
                    raise failures.pop()
                return "second time"

            assert await address.ask(once) == "second time"
            assert [str(report["exception"]) for report in reports] == ["stopped 1"]

    run_reporting(main)


def run_reporting(main: Any) -> None:
    asyncio.run(asyncio.wait_for(main(), 20))


@pytest.mark.parametrize("kind", [Hooked, HookedSerial, HookedConcurrent])
def test_stopped_while_it_starts(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            lost = letters(system)
            log = kind()
            address = system.spawn(log)
            ask = asyncio.create_task(address.ask(1))
            await turns(2)
            address.tell(2)
            address.stop()
            await address.join()
            with pytest.raises(ActorStopped) if kind is not HookedSerial else pytest.raises(Nothing):
                assert await ask == 1
                raise Nothing
            assert [letter.message for letter in lost] == [2]
            assert log.events == ["started", ("stopped", None)]

    run(main())


class Nothing(Exception):
    pass


@pytest.mark.parametrize("kind", [Hooked, HookedConcurrent])
def test_a_start_that_fails_after_the_stop_is_reported(kind: type[Log]) -> None:
    """Its message was answered when the actor was stopped (a serial task's or a concurrent one's is under way)."""

    async def main() -> None:
        system = ActorSystem()
        reports = Reports()
        parent = Parent()
        address = system.spawn(failing(kind, "started", 1), parent=system.spawn(parent))
        ask = asyncio.create_task(address.ask(1))
        await until(lambda: system.statistics().running)
        address.stop()
        with pytest.raises((ActorStopped, OSError)):
            await ask
        await address.join()
        await turns(2)
        assert len(reports) + len(parent.faults) == 1
        await system.aclose()

    asyncio.run(main())


def test_an_escalation_in_a_hook_reaches_the_exception_handler_without_parent_or_asker() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            reports = Reports()
            address = system.spawn(Log, name="orphan")
            address.tell(fail(ValueError("lost?")))
            await until(lambda: reports)
            assert "orphan" in reports[0]["message"]
            assert str(reports[0]["exception"]) == "lost?"
            assert not address.alive

    run_reporting(main)


def test_escalated_to_a_stopped_parent_is_a_dead_letter() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            lost = letters(system)
            parent = system.spawn(Parent)
            parent.stop()
            system.spawn(Log, parent=parent).tell(fail(ValueError("lost?")))
            await until(lambda: lost)
            assert isinstance(lost[0].message, Escalated)

    run(main())
