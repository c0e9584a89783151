"""The end of a system: in order, with a time-out, or because the loop ended without it."""

from __future__ import annotations

import asyncio
import gc
import warnings
import weakref
from typing import Any

import pytest

from actograph.actors import ActorStopped, ActorSystem, Mailbox

from .support import KINDS, ConcurrentLog, Log, Parent, SerialLog, letters, run, turns, until


def test_aclose_answers_everything() -> None:
    async def main() -> None:
        system = ActorSystem()
        lost = letters(system)
        asks = []
        for kind in KINDS:
            for capacity in (None, 2):
                address = system.spawn(kind, mailbox=Mailbox(capacity))
                block: Any = asyncio.Event().wait if kind is not Log else "plain"
                asks += [asyncio.create_task(address.ask(block)) for _ in range(5)]
        slow = system.spawn(SerialLog)
        slow.tell(asyncio.Event().wait)
        await turns(1)
        await asyncio.gather(*(asyncio.sleep(0) for _ in range(3)))
        slow.tell("queued")
        await system.aclose(timeout=5)
        for result in await asyncio.gather(*asks, return_exceptions=True):
            assert result == "plain" or isinstance(result, ActorStopped), result
        assert "queued" in [letter.message for letter in lost]
        figures = system.statistics()
        assert (figures.alive, figures.running, figures.queued) == (0, 0, 0)
        assert system.closed
        await system.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main())


def test_aclose_waits_for_cancelled_tasks_and_hooks() -> None:
    class Slow(ConcurrentLog):
        async def stopped(self, reason: BaseException | None) -> None:  # type: ignore[override]
            await turns(5)
            order.append("stopped")

    order: list[str] = []

    async def main() -> None:
        async def stubborn() -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await turns(5)
                order.append("handled")

        async with ActorSystem() as system:
            address = system.spawn(Slow)
            address.tell(stubborn)
            await turns(3)
        assert order == ["handled", "stopped"]

    run(main())


def test_aclose_times_out_and_names_who_has_not_ended() -> None:
    async def main() -> None:
        system = ActorSystem()
        gate = asyncio.Event()

        async def stubborn() -> None:
            while not gate.is_set():
                try:
                    await gate.wait()
                except asyncio.CancelledError:
                    continue

        address = system.spawn(ConcurrentLog, name="stubborn")
        address.tell(stubborn)
        await turns(3)
        with pytest.raises(TimeoutError, match="stubborn"):
            await system.aclose(timeout=0.01)
        gate.set()
        await system.aclose(timeout=5)

    run(main())


def test_cancelling_aclose_leaves_it_to_be_called_again() -> None:
    async def main() -> None:
        for step in range(12):
            system = ActorSystem()
            address = system.spawn(ConcurrentLog)
            address.tell(lambda: stubborn())
            await turns(2)
            closing = asyncio.create_task(system.aclose())
            await turns(step)
            closing.cancel()
            await asyncio.wait([closing])
            await system.aclose(timeout=5)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await turns(4)

    run(main())


def test_one_system_per_loop() -> None:
    async def main() -> ActorSystem:
        system = ActorSystem.current()
        assert ActorSystem.current() is system
        async with ActorSystem() as other:
            assert other is not system
            assert ActorSystem.current() is system
        await system.aclose()
        again = ActorSystem.current()
        assert again is not system
        assert not again.closed
        return again

    first, second = run(main()), run(main())
    assert first is not second
    with pytest.raises(RuntimeError, match="no running event loop"):
        ActorSystem.current()
    with pytest.raises(RuntimeError, match="no running event loop"):
        ActorSystem()


def test_a_loop_that_takes_no_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()

        def refuse(self: Any, name: str, value: Any) -> None:
            if "actograph" in name:
                raise AttributeError(name)
            object.__setattr__(self, name, value)

        monkeypatch.setattr(type(loop), "__setattr__", refuse, raising=False)
        system = ActorSystem.current()
        assert ActorSystem.current() is system
        assert await system.spawn(Log).ask(1) == 1
        await system.aclose()
        assert ActorSystem.current() is not system

    run(main())


def test_parameters_are_checked() -> None:
    async def main() -> None:
        for options in ({"budget": 0}, {"slice": 0}):
            with pytest.raises(ValueError, match="ActorSystem"):
                ActorSystem(**options)  # type: ignore[arg-type]

    run(main())


def test_a_loop_that_ends_without_aclose() -> None:
    """Nothing hangs, and nothing is reported, by asyncio or as a warning; what comes afterwards is a dead letter."""
    reports: list[Any] = []
    addresses: list[Any] = []

    async def main() -> tuple[ActorSystem, list[Any]]:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
        system = ActorSystem.current()
        lost = letters(system)
        parent = system.spawn(Parent)
        for kind in KINDS:
            addresses.append(system.spawn(kind))
            idle = system.spawn(kind, idle_after=100)
            await idle.ask(1)
            busy = system.spawn(kind, parent=parent)
            busy.tell(asyncio.Event().wait if kind is not Log else "plain")
            busy.tell("behind")
            addresses.extend([idle, busy])
        await turns(2)
        for address in addresses[::3]:
            address.tell("at the last moment")
        return system, lost

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        system, lost = asyncio.run(main())
        number = len(lost)
        for address in addresses:
            address.tell("too late")
            with pytest.raises(ActorStopped):
                asyncio.run(address.ask("too late"))
        too_late = [letter for letter in lost[number:] if letter.message == "too late"]
        assert len(too_late) == len(addresses)
        watch = weakref.ref(system)
        del system, address
        addresses.clear()
        lost.clear()
        too_late.clear()
        gc.collect()
    assert watch() is None
    assert reports == []


def test_the_end_of_the_loop_cancels_what_runs() -> None:
    ended: list[str] = []

    async def main() -> None:
        async def wait(name: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(name)

        system = ActorSystem.current()
        system.spawn(ConcurrentLog).tell(lambda: wait("concurrent"))
        system.spawn(SerialLog).tell(lambda: wait("serial"))
        await turns(3)

    asyncio.run(main())
    assert sorted(ended) == ["concurrent", "serial"]


def test_the_end_of_the_loop_runs_the_hooks_and_answers_the_last_messages() -> None:
    answered: list[Any] = []

    class Hooked(ConcurrentLog):
        async def stopped(self, reason: BaseException | None) -> None:  # type: ignore[override]
            await turns(3)
            super().stopped(reason)

    log = Hooked()

    async def main() -> None:
        address = ActorSystem.current().spawn(log)
        await address.ask(1)
        loop = asyncio.get_running_loop()
        # Told in the loop's very last turn, after `asyncio.run` has collected the tasks that it cancels.
        asyncio.current_task().add_done_callback(  # type: ignore[union-attr]
            lambda _: loop.call_soon(loop.call_soon, address.tell, lambda: answered.append("handled"))
        )

    asyncio.run(main())
    assert log.events == ["started", ("stopped", None)]
    assert answered in ([], ["handled"])


def test_the_end_of_the_loop_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[Any] = []
    monkeypatch.setattr("actograph.actors.system.LAST_SECONDS", 0.01)

    class Endless(Log):
        async def stopped(self, reason: BaseException | None) -> None:  # type: ignore[override]
            await asyncio.Event().wait()

    async def main() -> ActorSystem:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
        system = ActorSystem.current()
        await system.spawn(Endless, name="endless").ask(1)
        return system

    system = asyncio.run(main())
    assert [str(report["exception"]) for report in reports] == ["actors that had not ended after 0.01 s: endless"]
    assert (system.statistics().alive, system.statistics().hook_failures) == (0, 1)


def test_tells_outside_a_running_loop_are_handled_when_it_runs() -> None:
    loop = asyncio.new_event_loop()
    logs = [kind() for kind in KINDS]
    system: ActorSystem

    async def spawn() -> list[Any]:
        nonlocal system
        system = ActorSystem()
        return [system.spawn(log) for log in logs]

    try:
        addresses = loop.run_until_complete(spawn())
        for address in addresses:
            address.tell(1)
            address.tell(2)
        loop.run_until_complete(until(lambda: all(len(log.seen) == 2 for log in logs)))
        for address in addresses:
            address.tell(3)
        loop.run_until_complete(until(lambda: all(log.seen == [1, 2, 3] for log in logs)))
        loop.run_until_complete(system.aclose())
    finally:
        loop.close()


@pytest.mark.parametrize("kind", KINDS)
def test_stopping_after_the_loop_ended(kind: type[Log]) -> None:
    async def main() -> Any:
        address = ActorSystem.current().spawn(kind)
        await address.ask(1)
        return address

    address = asyncio.run(main())
    address.stop()
    assert not address.alive
