"""Random systems: whatever is told, asked, stopped and cancelled in whatever order, everything is accounted for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.actors import (
    Actor,
    ActorError,
    ActorSystem,
    Directive,
    Escalate,
    Fault,
    HandOver,
    Mailbox,
    MailboxFull,
    Restart,
    Resume,
)

from .support import run, turns


class Message:
    """Waits some turns of the loop (where the actor can), fails some times, then is handled."""

    def __init__(self, waits: int, failures: int) -> None:
        self.waits = waits
        self.failures = failures
        self.begun = 0

    def begin(self) -> None:
        self.begun += 1
        if self.begun <= self.failures:
            raise ValueError(self.begun)


class Worker(Actor):
    def __init__(self, world: World) -> None:
        self.world = world

    def receive(self, message: Any) -> Any:
        if isinstance(message, Message):
            message.begin()
        else:
            self.world.told.append(message.fault.message)
        return "answer"


class SerialWorker(Worker):
    async def receive(self, message: Any) -> Any:
        if isinstance(message, Message):
            for _ in range(message.waits):
                await asyncio.sleep(0)
        return super().receive(message)


class ConcurrentWorker(SerialWorker):
    concurrent = True


class WaitingHooks(Worker):
    async def started(self) -> None:  # type: ignore[override]
        await turns(2)

    async def stopped(self, reason: BaseException | None) -> None:  # type: ignore[override]
        await turns(2)


class SerialWaitingHooks(WaitingHooks, SerialWorker):
    pass


class ConcurrentWaitingHooks(SerialWaitingHooks):
    concurrent = True


KINDS = [Worker, SerialWorker, ConcurrentWorker, WaitingHooks, SerialWaitingHooks, ConcurrentWaitingHooks]


class World:
    """A system under test, with all that was said in it."""

    def __init__(self, system: ActorSystem) -> None:
        self.system = system
        self.told: list[Any] = []
        self.dead: list[Any] = []
        system.dead_letters.subscribe(self.bury)
        self.parent = system.spawn(Worker(self))
        self.addresses: list[Any] = []
        self.messages: list[Message] = []
        self.asks: list[asyncio.Task[Any]] = []
        self.directives: list[Directive] = []

    def bury(self, letter: Any) -> None:
        message = letter.message
        self.dead.append(message if isinstance(message, Message) else message.fault.message)

    def decide(self, failure: Fault) -> Directive:
        return self.directives[failure.attempt % len(self.directives)] if self.directives else Escalate()


number = st.integers(0, 7)
operations = st.lists(
    st.one_of(
        st.tuples(st.just("spawn"), st.integers(0, len(KINDS) - 1), st.sampled_from(["class", "instance", "factory"])),
        st.tuples(st.sampled_from(["tell", "ask", "send"]), number, st.tuples(st.integers(0, 4), st.integers(0, 2))),
        st.tuples(st.just("stop"), number, st.booleans()),
        st.tuples(st.just("cancel ask"), number, st.none()),
        st.tuples(st.just("cancel message"), number, st.none()),
        st.tuples(st.just("turns"), st.integers(1, 6), st.none()),
    ),
    max_size=40,
)


def apply(world: World, step: str, which: int, how: Any, bounded: bool, idle_after: float | None) -> None:
    if step == "spawn":
        kind = KINDS[which]
        factory: Any = {
            "class": lambda: type(kind.__name__, (kind,), {"__init__": lambda self: kind.__init__(self, world)}),
            "instance": lambda: kind(world),
            "factory": lambda: lambda: kind(world),
        }[how]()
        mailbox = Mailbox(2) if bounded else None
        world.addresses.append(
            world.system.spawn(factory, supervisor=world, parent=world.parent, mailbox=mailbox, idle_after=idle_after)
        )
    elif world.addresses and step in ("tell", "ask", "send"):
        address = world.addresses[which % len(world.addresses)]
        message = Message(*how)
        if step == "tell":
            try:
                address.tell(message)
            except MailboxFull:
                return
            world.messages.append(message)
        else:
            world.asks.append(asyncio.create_task(getattr(address, step)(message)))
    elif world.addresses and step == "stop":
        address = world.addresses[which % len(world.addresses)]
        if how:
            world.asks.append(asyncio.create_task(address.stop_and_wait()))
        else:
            address.stop()
    elif step == "cancel ask" and world.asks:
        world.asks[which % len(world.asks)].cancel()
    elif step == "cancel message" and world.addresses:
        running = world.addresses[which % len(world.addresses)].running()
        if running:
            assert world.addresses[which % len(world.addresses)].cancel_running(running[which % len(running)][0])


@given(
    operations,
    st.lists(st.sampled_from(["restart", "later", "resume", "escalate", "hand over"]), max_size=3),
    st.booleans(),
    st.sampled_from([None, 0.001]),
    st.booleans(),
)
def test_everything_is_accounted_for(
    steps: list[tuple[str, Any, Any]], directives: list[str], bounded: bool, idle_after: float | None, quiet: bool
) -> None:
    async def main() -> None:
        system = ActorSystem()
        world = World(system)
        choices: dict[str, Directive] = {
            "restart": Restart(),
            "later": Restart(0.0005),
            "resume": Resume(),
            "escalate": Escalate(),
            "hand over": HandOver(world.parent),
        }
        world.directives = [choices[name] for name in directives]
        for step, which, how in steps:
            if step == "turns":
                await turns(which)
            else:
                apply(world, step, which, how, bounded, idle_after)
        if quiet:  # let everything come to its end by itself
            for _ in range(10_000):
                figures = system.statistics()
                if not figures.queued and not figures.running and all(ask.done() for ask in world.asks):
                    break
                await asyncio.sleep(0)
        await asyncio.wait_for(system.aclose(), 5)
        for ask in world.asks:
            try:
                assert await asyncio.wait_for(ask, 5) in ("answer", None)
            except (ActorError, ValueError):
                pass
            except asyncio.CancelledError:
                assert ask.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        figures = system.statistics()
        assert (figures.alive, figures.running, figures.queued, figures.hook_failures) == (0, 0, 0, 0)
        known = {id(message) for message in (*world.told, *world.dead)}
        lost = [message for message in world.messages if not message.begun and id(message) not in known]
        assert lost == []

    run(main())


@pytest.mark.long
@given(operations)
def test_the_loop_may_end_at_any_moment(steps: list[tuple[str, Any, Any]]) -> None:
    reports: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
        world = World(ActorSystem.current())
        for step, which, how in steps:
            if step == "turns":
                await turns(which)
            else:
                apply(world, step, which, how, False, None)

    asyncio.run(main())
    assert reports == []
