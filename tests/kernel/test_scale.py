"""A million messages, a hundred thousand actors, and a loop that is left its turns."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from typing import Any

import pytest

from actograph.actors import Actor, ActorSystem, Address, Mailbox

from .support import ConcurrentLog, Log, SerialLog, run, turns, until


class Counter(Actor):
    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def receive(self, message: Any) -> int:
        self.count += 1
        return self.count


class ConcurrentCounter(Counter):
    __slots__ = ()
    concurrent = True

    async def receive(self, message: Any) -> int:  # type: ignore[override]
        self.count += 1
        return self.count


def traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_a_million_messages_in_flat_memory() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            serial, concurrent = Counter(), ConcurrentCounter()
            first, second = system.spawn(serial), system.spawn(concurrent)

            async def messages(number: int) -> None:
                for begin in range(0, number, 1000):
                    for message in range(begin, begin + 900):
                        first.tell(message)
                    for message in range(begin + 900, begin + 1000):
                        second.tell(message)
                    await turns(3)
                assert await first.ask(0)
                await until(lambda: not second.running())

            await messages(100_000)
            tracemalloc.start()  # tracing slows it down: a tenth of the messages is traced, before and after the rest
            try:
                await messages(20_000)
                before = traced()
                tracemalloc.stop()
                await messages(860_000)
                tracemalloc.start()
                await messages(20_000)
                assert abs(traced() - before) < 50_000
            finally:
                tracemalloc.stop()
            assert serial.count + concurrent.count >= 1_000_000
            assert system.statistics().handled == serial.count + concurrent.count
            assert system.statistics().queued == 0

    run(main(), timeout=60)


def test_a_hundred_thousand_actors_in_flat_memory() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            kinds: list[Any] = [Counter, ConcurrentCounter, Counter()]

            async def generations(number: int) -> None:
                for begin in range(0, number, 300):
                    addresses = [
                        system.spawn(kinds[n % 3], idle_after=60 if n % 7 == 0 else None)
                        for n in range(begin, min(begin + 300, number))
                    ]
                    for address in addresses[::5]:
                        address.tell(1)
                    await turns(1)
                    for address in addresses:
                        address.stop()
                    await turns(2)
                assert system.statistics().alive == 0

            await generations(2000)
            tracemalloc.start()
            try:
                await generations(2000)
                before = traced()
                tracemalloc.stop()
                await generations(100_000)
                tracemalloc.start()
                await generations(2000)
                assert abs(traced() - before) < 100_000
            finally:
                tracemalloc.stop()

    run(main(), timeout=60)


def test_failures_do_not_accumulate() -> None:
    async def main() -> None:
        async with ActorSystem() as system:

            async def failures(number: int) -> None:
                for _ in range(number):
                    for kind in (Log, SerialLog, ConcurrentLog):

                        def broken() -> None:
                            raise ValueError

                        address = system.spawn(kind)
                        with pytest.raises(ValueError):
                            await address.ask(broken)
                        await address.stop_and_wait()

            await failures(50)
            tracemalloc.start()
            try:
                await failures(100)
                before = traced()
                await failures(1000)
                assert traced() - before < 50_000
            finally:
                tracemalloc.stop()

    run(main(), timeout=25)


@pytest.mark.parametrize("kind", [Counter, ConcurrentCounter, SerialLog])
def test_an_endless_actor_does_not_starve_the_loop(kind: type[Any]) -> None:
    class Endless(kind):  # type: ignore[misc]
        pass

    if kind is Counter:

        def receive(self: Any, message: Any) -> None:
            self.address.tell(message)
    else:

        async def receive(self: Any, message: Any) -> None:
            self.address.tell(message)

    Endless.receive = receive
    Endless.__init_subclass__()
    Endless = type("Endless", (Endless,), {})

    async def main() -> None:
        system = ActorSystem()
        system.spawn(Endless).tell(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.05)
        assert system.statistics().handled > 50
        await asyncio.wait_for(system.aclose(), 5)

    run(main())


def test_two_actors_that_keep_each_other_busy_do_not_starve_the_loop() -> None:
    class Player(Actor):
        other: Address

        def receive(self, message: int) -> None:
            self.other.tell(message + 1)

    async def main() -> None:
        system = ActorSystem()
        players = [Player(), Player()]
        addresses = [system.spawn(player) for player in players]
        players[0].other, players[1].other = addresses[1], addresses[0]
        addresses[0].tell(0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.05)
        await asyncio.wait_for(system.aclose(), 5)

    run(main())


def test_a_turn_is_bounded_by_the_budget_and_by_time() -> None:
    class Slow(Actor):
        def receive(self, message: float) -> None:
            end = time.perf_counter() + message
            while time.perf_counter() < end:
                pass

    async def main() -> None:
        async with ActorSystem(budget=10, slice=0.002) as system:
            counter = Counter()
            address = system.spawn(counter)
            for _ in range(25):
                address.tell(1)
            counts = []
            for _ in range(3):
                await turns(1)
                counts.append(counter.count)
            assert max(counts[0], counts[1] - counts[0], counts[2] - counts[1]) <= 10
            await until(lambda: counter.count == 25)
            slow = system.spawn(Slow)
            for _ in range(5):
                slow.tell(0.003)
            loop = asyncio.get_running_loop()
            for _ in range(5):
                begin = loop.time()
                await turns(1)
                assert loop.time() - begin < 1
            assert system.statistics().handled >= 25

    run(main())


def test_a_bounded_mailbox_holds_memory_down() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(Counter, mailbox=Mailbox(10))
            most = 0
            for number in range(2000):
                await address.send(number)
                most = max(most, system.statistics().queued)
            assert most <= 10
            assert await address.ask(0) == 2001

    run(main())
