from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from actograph.actors import Actor, ActorError, ActorStopped, ActorSystem, Address

from .support import ConcurrentLog, Log, SerialLog, run, turns, until

eager = pytest.mark.skipif(sys.version_info < (3, 12), reason="tasks start eagerly from Python 3.12 on")


class Chain(Actor):
    """Tells the next one, in the middle of its own first step."""

    concurrent = True
    depth = deepest = 0

    def __init__(self, ended: list[int]) -> None:
        self.next: Address | None = None
        self.ended = ended

    async def receive(self, message: int) -> None:
        Chain.depth += 1
        Chain.deepest = max(Chain.deepest, Chain.depth)
        if self.next is not None:
            self.next.tell(message + 1)
        Chain.depth -= 1
        self.ended.append(message)


def test_a_chain_of_two_thousand_never_nests_eager_starts() -> None:
    async def main() -> None:
        Chain.deepest = 0
        ended: list[int] = []
        async with ActorSystem() as system:
            following: Address | None = None
            for _ in range(2000):
                actor = Chain(ended)
                actor.next, following = following, system.spawn(actor)
            assert following is not None
            following.tell(0)
            await until(lambda: len(ended) == 2000)
            assert sorted(ended) == list(range(2000))
            assert Chain.deepest <= 2  # an eager start inside an ordinary step, and nothing inside that
            assert system.statistics().running == 0

    run(main())


@eager
def test_a_message_that_never_waits_takes_no_turn_of_the_loop() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = ConcurrentLog()
            address = system.spawn(log)
            address.tell(1)
            address.tell(2)
            assert log.seen == [1, 2]
            assert system.statistics().running == 0

    run(main())


def test_messages_run_in_real_tasks_with_timeouts_of_their_own() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            tasks: list[Any] = []

            async def timed() -> str:
                tasks.append(asyncio.current_task())
                try:
                    async with asyncio.timeout(0.005):
                        await asyncio.Event().wait()
                except TimeoutError:
                    return "timed out"
                return "not"

            address = system.spawn(ConcurrentLog)
            asks = [asyncio.create_task(address.ask(timed)) for _ in range(3)]
            assert await asyncio.gather(*asks) == ["timed out"] * 3
            assert len(set(tasks)) == 3
            assert asyncio.current_task() not in tasks

    run(main())


def test_handled_at_the_same_time() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            barrier = asyncio.Barrier(100)
            address = system.spawn(ConcurrentLog)
            for _ in range(99):
                address.tell(barrier.wait)
            await turns(2)
            assert len(address.running()) == 99
            assert system.statistics().running == 99
            assert await address.ask(barrier.wait) in range(100)
            await until(lambda: not address.running())

    run(main())


def test_running_tasks_are_held_on_to() -> None:
    """asyncio holds tasks weakly; a message that waits for what only it refers to must not be collected."""
    import gc

    async def main() -> None:
        async with ActorSystem() as system:
            address = system.spawn(ConcurrentLog)

            async def wait() -> None:
                await asyncio.get_running_loop().create_future()

            for _ in range(10):
                address.tell(wait)
            await turns(2)
            gc.collect()
            assert len(address.running()) == 10

    run(main())


def test_stop_does_not_interrupt_and_stop_and_wait_does() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = ConcurrentLog()
            address = system.spawn(log)
            gate = asyncio.Event()
            ask = asyncio.create_task(address.ask(gate.wait))
            await turns(3)
            address.stop()
            await turns(3)
            assert len(address.running()) == 1
            assert log.events == ["started"]
            gate.set()
            assert await ask is True
            await address.join()
            assert log.events == ["started", ("stopped", None)]

            other = system.spawn(ConcurrentLog)
            ended: list[str] = []

            async def wait() -> None:
                try:
                    await asyncio.Event().wait()
                finally:
                    await turns(3)
                    ended.append("ended")

            ask = asyncio.create_task(other.ask(wait))
            await turns(3)
            await other.stop_and_wait()
            assert ended == ["ended"]
            with pytest.raises(ActorStopped):
                await ask

    run(main())


@pytest.mark.parametrize("waits", [False, True])
def test_an_actor_that_stops_itself(waits: bool) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = ConcurrentLog()
            address = system.spawn(log)
            await address.ask("activate")

            async def stop() -> str:
                if waits:
                    await turns(1)
                address.stop()
                assert log.events == ["started"]
                if waits:
                    await turns(1)
                return "stopped"

            assert await address.ask(stop) == "stopped"
            await address.join()
            assert log.events == ["started", ("stopped", None)]

    run(main())


@pytest.mark.parametrize("kind", [SerialLog, ConcurrentLog])
@pytest.mark.parametrize("waits", [False, True])
def test_an_actor_that_waits_for_its_own_end(kind: type[Log], waits: bool) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            for name in ("join", "stop_and_wait", "aclose"):
                address = system.spawn(kind)
                await address.ask("activate")

                async def wait(name: str = name, address: Address = address) -> None:
                    if waits:
                        await turns(1)
                    await getattr(system if name == "aclose" else address, name)()

                with pytest.raises(ActorError, match=r"outside|stop"):
                    await asyncio.wait_for(address.ask(wait), 5)
            assert not system.closed

    run(main())


def test_on_uvloop() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main() -> None:
        async with ActorSystem() as system:
            assert ActorSystem.current() is ActorSystem.current()
            for kind in (Log, SerialLog, ConcurrentLog):
                address = system.spawn(kind, idle_after=0.005)
                assert await address.ask(1) == 1
                for number in range(100):
                    address.tell(number)
            await until(lambda: system.statistics().passivated == 3, turns=1_000_000)
        await ActorSystem.current().aclose()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(asyncio.wait_for(main(), 20))
