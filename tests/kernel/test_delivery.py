from __future__ import annotations

import asyncio
import contextvars
import random
import threading
from typing import Any

import pytest

from actograph.actors import Actor, ActorStopped, ActorSystem, DeadLetter, Failure, Success

from .support import KINDS, ConcurrentLog, Log, SerialLog, fail, letters, run, turns, until

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


@pytest.mark.parametrize("kind", KINDS)
def test_order_per_sender(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = kind()
            address = system.spawn(log)

            async def sender(name: int) -> None:
                pick = random.Random(name)
                for number in range(200):
                    address.tell((name, number))
                    if pick.random() < 0.3:
                        await asyncio.sleep(0)

            await asyncio.gather(*(sender(name) for name in range(10)))
            await until(lambda: len(log.seen) == 2000)
            for name in range(10):
                assert [number for who, number in log.seen if who == name] == list(range(200))

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_ask_answers_with_what_receive_returns(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(kind)
            assert await address.ask("hello") == "hello"
            assert await address.ask(None) is None
            assert await address.ask(lambda: Success(5)) == 5
            with pytest.raises(KeyError):
                await address.ask(lambda: Failure(KeyError("refused")))
            assert await address.ask("still there") == "still there"

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_ask_raises_what_receive_raised(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            problem = LookupError("no such thing")
            with pytest.raises(LookupError) as caught:
                await system.spawn(kind).ask(fail(problem))
            assert caught.value is problem

    run(main())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [StopIteration("s"), StopAsyncIteration("s")], ids=lambda stop: type(stop).__name__)
def test_stop_iteration_does_not_hang_an_ask(kind: type[Log], stop: BaseException) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            with pytest.raises(RuntimeError) as caught:
                await system.spawn(kind).ask(fail(stop), timeout=5)
            cause: BaseException | None = caught.value
            while cause is not None and cause is not stop:
                cause = cause.__cause__
            assert cause is stop
            with pytest.raises(RuntimeError) as caught:
                await system.spawn(kind).ask(lambda: Failure(stop), timeout=5)
            assert caught.value.__cause__ is stop
            assert await system.spawn(kind).ask(lambda: stop, timeout=5) is stop

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_ask_times_out_and_the_actor_goes_on(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(SerialLog if kind is Log else kind)
            gate = asyncio.Event()
            with pytest.raises(TimeoutError):
                await address.ask(gate.wait, timeout=0.01)
            gate.set()
            assert await address.ask(1, timeout=5) == 1

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_actor(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            lost = letters(system)
            address = system.spawn(kind, name="gone")
            assert address.alive
            await address.ask(1)
            await address.stop_and_wait()
            assert not address.alive
            with pytest.raises(ActorStopped, match="gone"):
                await address.ask("hello")
            address.tell("lost")
            assert lost == [DeadLetter("lost", "gone", "the actor is stopped")]
            address.stop()
            await address.join()
            await address.stop_and_wait()
            assert address.running() == ()
            assert not address.cancel_running(1)
            assert "stopped" in repr(address)

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_stop_settles_what_is_queued(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            lost = letters(system)
            log = kind()
            address = system.spawn(log, name="desk")
            gate = asyncio.Event()
            first = asyncio.create_task(address.ask(gate.wait if kind is not Log else address.stop))
            await asyncio.sleep(0)
            asks = [asyncio.create_task(address.ask(n)) for n in range(3)]
            await asyncio.sleep(0)
            if kind is ConcurrentLog:  # has begun them all: there is nothing queued
                assert await asyncio.gather(*asks) == [0, 1, 2]
            else:
                address.tell("queued")
            address.stop()
            if kind is not ConcurrentLog:
                for result in await asyncio.gather(*asks, return_exceptions=True):
                    assert isinstance(result, ActorStopped)
                assert [letter.message for letter in lost] == ["queued"]
            address.tell("late")
            assert lost[-1].message == "late"
            gate.set()
            # What is being handled is not interrupted.
            if kind is not Log:
                assert await first is True
            else:
                await asyncio.wait([first])
            await address.join()
            assert log.events[-1] == ("stopped", None)

    run(main())


def test_stop_within_receive() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log)

            def stop() -> str:
                address.stop()
                assert log.events == ["started"]
                return "answered"

            ask = asyncio.create_task(address.ask(stop))
            later = asyncio.create_task(address.ask("later"))
            assert await ask == "answered"
            with pytest.raises(ActorStopped):
                await later
            assert log.events == ["started", ("stopped", None)]
            assert system.statistics().alive == 0

    run(main())


def test_tell_from_other_threads() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log)

            def tell(name: int) -> None:
                for number in range(500):
                    address.tell_threadsafe((name, number))

            threads = [threading.Thread(target=tell, args=(name,)) for name in range(4)]
            for thread in threads:
                thread.start()
            await until(lambda: len(log.seen) == 2000, turns=10_000_000)
            for thread in threads:
                thread.join()
            for name in range(4):
                assert [number for who, number in log.seen if who == name] == list(range(500))

    run(main())


def test_tell_from_another_thread_after_the_loop_ended() -> None:
    async def main() -> tuple[Any, list[DeadLetter]]:
        system = ActorSystem()
        lost = letters(system)
        return system.spawn(Log), lost

    address, lost = run(main())
    address.tell_threadsafe(1)
    assert [(letter.message, letter.reason) for letter in lost] == [(1, "the event loop is closed")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_handled_in_its_context(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            seen: list[str] = []

            def look() -> Any:
                seen.append(variable.get())
                variable.set("left behind")

            address = system.spawn(kind)
            mine = contextvars.copy_context()
            mine.run(variable.set, "mine")
            address.tell(look, context=mine)
            await until(lambda: seen)
            assert seen == ["mine"]
            assert mine[variable] == "left behind"
            assert variable.get() == "unset"
            variable.set("the caller's")
            address.tell(look)
            await until(lambda: len(seen) == 2)
            # A concurrent actor's task copies the caller's context, as any task does; a serial actor has its system's.
            assert seen[1] == ("the caller's" if kind is ConcurrentLog else "unset")
            assert variable.get() == "the caller's"

    run(main())


def test_a_context_that_is_entered_right_now() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            seen: list[str] = []
            address = system.spawn(ConcurrentLog)
            await address.ask(1)
            context = contextvars.copy_context()

            def tell() -> None:
                variable.set("entered")
                address.tell(lambda: seen.append(variable.get()), context=context)

            context.run(tell)
            await until(lambda: seen)
            assert seen == ["entered"]

    run(main())


def test_dead_letters_can_be_unsubscribed_and_survive_a_failing_subscriber() -> None:
    async def main() -> None:
        reports: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
        system = ActorSystem()
        first: list[DeadLetter] = []

        def broken(letter: DeadLetter) -> None:
            raise ZeroDivisionError

        system.dead_letters.subscribe(broken)
        unsubscribe = system.dead_letters.subscribe(first.append)
        second = letters(system)
        address = system.spawn(Log)
        address.stop()
        address.tell(1)
        unsubscribe()
        unsubscribe()
        address.tell(2)
        assert [letter.message for letter in first] == [1]
        assert [letter.message for letter in second] == [1, 2]
        assert [type(report["exception"]) for report in reports] == [ZeroDivisionError] * 2
        assert system.statistics().dead_letters == 2
        await system.aclose()

    asyncio.run(main())


def test_names() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            named = system.spawn(Log, name="clerk")
            first, second = system.spawn(Log), system.spawn(Log())
            assert named.name == "clerk"
            assert first.name != second.name
            assert first.name.startswith("Log-")
            assert repr(named) == "<Address clerk>"
            assert len({named, first, second}) == 3

    run(main())


def test_an_actor_knows_its_address_and_system() -> None:
    class Introspective(Actor):
        __slots__ = ()

        def receive(self, message: Any) -> Any:
            return self.address, self.system

    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(Introspective)
            assert await address.ask(None) == (address, system)
            assert system.statistics().handled == 1
            await turns(1)

    run(main())
