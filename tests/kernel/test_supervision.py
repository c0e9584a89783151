from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.actors import (
    ActorStopped,
    ActorSystem,
    BackOff,
    Escalate,
    Fault,
    HandedOver,
    HandOver,
    Mailbox,
    MailboxFull,
    Restart,
    Resume,
)

from .support import KINDS, ConcurrentLog, Decide, Log, Parent, Reports, SerialLog, fail, letters, run, until


class Flaky:
    """A message that fails the first ``times`` times."""

    def __init__(self, times: int, exception: BaseException | None = None) -> None:
        self.times = times
        self.calls = 0
        self.exception = exception or ValueError("flaky")

    def __call__(self) -> int:
        self.calls += 1
        if self.calls <= self.times:
            raise self.exception
        return self.calls


@pytest.mark.parametrize("kind", KINDS)
def test_escalation_is_the_default(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            parent = Parent()
            log = kind()
            address = system.spawn(log, parent=system.spawn(parent))
            problem = ValueError("no")
            address.tell(fail(problem))
            await until(lambda: parent.faults)
            (fault,) = parent.faults
            assert (fault.actor, fault.exception, fault.attempt) == (address, problem, 1)
            assert 0 <= fault.elapsed < 5
            if kind is ConcurrentLog:
                assert await address.ask("alive") == "alive"
            else:
                await address.join()
                assert log.events == ["started", ("stopped", problem)]
                with pytest.raises(ActorStopped):
                    await address.ask("alive")

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_escalation_answers_the_ask_and_those_behind_it(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(kind)
            problem = ValueError("no")
            asks = [asyncio.create_task(address.ask(message)) for message in (fail(problem), 1)]
            first, second = await asyncio.gather(*asks, return_exceptions=True)
            assert first is problem
            if kind is ConcurrentLog:
                assert second == 1
            else:
                assert isinstance(second, ActorStopped)
                assert second.__cause__ is problem

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_resume(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            parent = Parent()
            log = kind()
            address = system.spawn(log, parent=system.spawn(parent), supervisor=Decide(Resume()))
            address.tell(fail(ValueError()))
            with pytest.raises(LookupError):
                await address.ask(fail(LookupError()))
            assert await address.ask(1) == 1
            assert log.events == ["started"]
            assert parent.faults == []

    run(main())


@pytest.mark.parametrize("delay", [0.0, 0.003])
@pytest.mark.parametrize("kind", KINDS)
def test_restart(kind: type[Log], delay: float) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            made: list[Log] = []

            def factory() -> Log:
                made.append(kind())
                return made[-1]

            supervisor = Decide(Restart(delay))
            address = system.spawn(factory, supervisor=supervisor)
            flaky = Flaky(3)
            asks = [asyncio.create_task(address.ask(message)) for message in (0, flaky, "behind")]
            assert await asyncio.gather(*asks) == [0, 4, "behind"]
            faults = supervisor.faults
            assert [(fault.message, fault.attempt) for fault in faults] == [(flaky, 1), (flaky, 2), (flaky, 3)]
            assert [fault.elapsed for fault in faults] == sorted(fault.elapsed for fault in faults)
            assert faults[2].elapsed >= 2 * delay * 0.9
            assert system.statistics().restarts == 3
            if kind is ConcurrentLog:
                assert len(made) == 1
                assert made[0].events == ["started"]
            else:
                assert [log.seen for log in made] == [[0, flaky], [flaky], [flaky], [flaky, "behind"]]
                assert [log.events for log in made] == [["started", ("stopped", flaky.exception)]] * 3 + [["started"]]

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_restart_of_an_instance_uses_it_again(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = kind()
            address = system.spawn(log, supervisor=Decide(Restart()))
            assert await address.ask(Flaky(2)) == 3
            stopped = ["stopped"] if kind is not ConcurrentLog else []
            events = [event if isinstance(event, str) else event[0] for event in log.events]
            assert events == ["started", *stopped, "started", *stopped, "started"][: 1 if not stopped else None]

    run(main())


def test_an_endless_restart_starves_nobody() -> None:
    async def main() -> None:
        for kind in KINDS:
            system = ActorSystem()
            address = system.spawn(kind, supervisor=Decide(Restart()))
            address.tell(fail(ValueError()))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), 0.02)
            assert system.statistics().restarts > 5
            await asyncio.wait_for(system.aclose(), 5)

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_hand_over(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            heir = Log()
            heir_address = system.spawn(heir)
            address = system.spawn(kind, supervisor=Decide(HandOver(heir_address)))
            problem = ValueError()
            message = fail(problem)
            handed = await address.ask(message)
            assert isinstance(handed, HandedOver)
            assert (handed.fault.message, handed.fault.exception, handed.fault.actor) == (message, problem, address)
            address.tell(fail(problem))
            await until(lambda: len(heir.seen) == 2)
            assert await address.ask(1) == 1

    run(main())


@pytest.mark.parametrize("full", [True, False], ids=["full", "stopped"])
@pytest.mark.parametrize("kind", KINDS)
def test_hand_over_that_is_refused_escalates(kind: type[Log], full: bool) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            heir = system.spawn(SerialLog, name="heir", mailbox=Mailbox(1))
            if full:
                heir.tell(asyncio.Event().wait)
                await until(heir.running)
                heir.tell(1)
            else:
                heir.stop()
            problem = ValueError()
            parent = Parent()
            address = system.spawn(kind, supervisor=Decide(HandOver(heir)), parent=system.spawn(parent))
            with pytest.raises(MailboxFull if full else ActorStopped, match="heir") as caught:
                await address.ask(fail(problem))
            assert caught.value.__cause__ is problem
            await until(lambda: parent.faults)

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_supervisor_that_fails_escalates_with_its_exception_chained(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            problem = ValueError()

            def broken(failure: Fault) -> Any:
                raise ZeroDivisionError("supervisor")

            with pytest.raises(ZeroDivisionError) as caught:
                await system.spawn(kind, supervisor=Decide(broken)).ask(fail(problem))
            assert caught.value.__cause__ is problem
            with pytest.raises(TypeError, match="must return Restart") as wrong:
                await system.spawn(kind, supervisor=Decide(None)).ask(fail(problem))
            assert wrong.value.__cause__ is problem

    run(main())


class Signal(BaseException):
    pass


@pytest.mark.parametrize("kind", KINDS)
def test_base_exceptions_are_supervised_like_any_failure(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            signal = Signal()
            with pytest.raises(Signal):
                await system.spawn(kind).ask(fail(signal))
            assert await system.spawn(kind, supervisor=Decide(Restart())).ask(Flaky(1, signal)) == 2
            parent = Parent()
            system.spawn(kind, parent=system.spawn(parent)).tell(fail(signal))
            await until(lambda: parent.faults)
            assert parent.faults[0].exception is signal

    run(main())


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hook", [False, True], ids=["receive", "started"])
def test_exits_reach_the_loop_after_the_parent_was_told(
    kind: type[Log], exception: type[BaseException], hook: bool
) -> None:
    loop = asyncio.new_event_loop()
    parent = Parent()
    reports: list[Any] = []
    loop.set_exception_handler(lambda _, context: reports.append(context))

    class Exits(kind):  # type: ignore[misc,valid-type]
        def started(self) -> None:
            if hook:
                raise exception

    systems: list[ActorSystem] = []

    async def main() -> None:
        system = ActorSystem.current()
        systems.append(system)
        supervisor = Decide(Restart())  # must not be asked
        system.spawn(Exits, parent=system.spawn(parent), supervisor=supervisor).tell(fail(exception()))
        await until(lambda: False)

    async def end() -> None:
        await until(lambda: parent.faults)
        await systems[0].aclose()

    try:
        task = loop.create_task(main())
        with pytest.raises(exception):
            loop.run_until_complete(task)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(end())
    finally:
        loop.close()
    assert type(parent.faults[0].exception) is exception
    assert reports == []


@pytest.mark.parametrize("kind", KINDS)
def test_back_off(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            supervisor = BackOff(initial=0.004, factor=2, attempts=4, jitter=False)
            address = system.spawn(kind, supervisor=supervisor)
            flaky = Flaky(3)
            begin = time.monotonic()
            assert await address.ask(flaky) == 4
            assert time.monotonic() - begin >= (0.004 + 0.008 + 0.016) * 0.9
            hopeless = Flaky(9)
            with pytest.raises(ValueError, match="flaky"):
                await address.ask(hopeless)
            assert hopeless.calls == 4

    run(main())


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 100), st.integers(1, 10), st.floats(0, 2), st.integers(1, 2000))
def test_back_off_delays_are_bounded(
    initial: float, factor: float, maximum: float, attempts: int, jitter: float, attempt: int
) -> None:
    policy = BackOff(initial, factor, maximum, attempts, jitter)
    delay = policy.delay(attempt)
    assert 0 <= delay <= maximum + jitter
    if attempt == 1:
        assert delay >= min(initial, maximum)
    directive = policy.decide(Fault(None, None, ValueError(), attempt, 0.0))
    assert isinstance(directive, Restart if attempt < attempts else Escalate)


@pytest.mark.parametrize(
    ("retry_on", "again"),
    [
        (Exception, True),
        (ValueError, True),
        ((KeyError, ValueError), True),
        (KeyError, False),
        (lambda exception: str(exception) == "x", True),
        (lambda exception: False, False),
    ],
)
def test_back_off_retries_on(retry_on: Any, again: bool) -> None:
    directive = BackOff(retry_on=retry_on).decide(Fault(None, None, ValueError("x"), 1, 0.0))
    assert isinstance(directive, Restart if again else Escalate)
    assert isinstance(BackOff().decide(Fault(None, None, Signal(), 1, 0.0)), Escalate)


@pytest.mark.parametrize("options", [{"initial": -1}, {"maximum": -1}, {"factor": -1}, {"jitter": -1}, {"attempts": 0}])
def test_back_off_checks_its_parameters(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        BackOff(**options)  # type: ignore[arg-type]


def test_an_escalation_to_a_full_parent_is_a_dead_letter() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            lost = letters(system)
            parent = system.spawn(SerialLog, mailbox=Mailbox(1))
            parent.tell(asyncio.Event().wait)
            await until(parent.running)
            parent.tell(1)
            system.spawn(Log, parent=parent).tell(fail(ValueError("seen")))
            await until(lambda: lost)
            assert "capacity" in lost[0].reason

    run(main())


def test_a_concurrent_failure_without_parent_or_asker_is_reported() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            reports = Reports()
            system.spawn(ConcurrentLog, name="orphan").tell(fail(ValueError("lost?")))
            await until(lambda: reports)
            assert "orphan" in reports[0]["message"]

    asyncio.run(asyncio.wait_for(main(), 20))
