from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.actors import ActorError, ActorStopped, ActorSystem, Mailbox, MailboxClosed, MailboxFull

from .support import Log, SerialLog, letters, run, turns, until


@given(
    st.one_of(st.none(), st.integers(1, 5)),
    st.lists(
        st.one_of(st.tuples(st.just("put"), st.integers()), st.just(("get", 0)), st.just(("close", 0))), max_size=60
    ),
)
def test_behaves_as_a_bounded_closable_queue(capacity: int | None, steps: list[tuple[str, int]]) -> None:
    box = Mailbox(capacity)
    model: deque[int] = deque()
    closed = False
    for step, value in steps:
        if step == "put":
            if closed:
                with pytest.raises(MailboxClosed):
                    box.put_nowait(value)
            elif capacity is not None and len(model) >= capacity:
                with pytest.raises(MailboxFull):
                    box.put_nowait(value)
            else:
                box.put_nowait(value)
                model.append(value)
        elif step == "get":
            if model:
                assert box.get_nowait() == model.popleft()
            else:
                with pytest.raises(IndexError):
                    box.get_nowait()
        else:
            assert box.close() == list(model)
            model.clear()
            closed = True
        figures = box.statistics()
        assert (figures.queued, figures.capacity, figures.closed, figures.waiting) == (len(model), capacity, closed, 0)
        assert len(box) == len(model)
        assert box.full == (capacity is not None and len(model) >= capacity)


@given(
    st.integers(1, 3),
    st.lists(st.sampled_from(["send", "get", "cancel", "turn"]), max_size=40),
)
def test_waiting_senders_never_miss_room(capacity: int, steps: list[str]) -> None:
    """Whatever is taken and cancelled in between, nobody waits while there is room, and nothing is lost or doubled."""

    async def main() -> None:
        box = Mailbox(capacity)
        sent: list[int] = []
        got: list[Any] = []
        senders: list[asyncio.Task[None]] = []

        async def send(value: int) -> None:
            await box.room()
            box.put_nowait(value)
            sent.append(value)

        for number, step in enumerate(steps):
            if step == "send":
                senders.append(asyncio.create_task(send(number)))
            elif step == "get" and len(box):
                got.append(box.get_nowait())
            elif step == "cancel" and senders:
                senders[number % len(senders)].cancel()
            elif step == "turn":
                for _ in range(2 * len(senders) + 2):
                    await asyncio.sleep(0)
                waiting = [sender for sender in senders if not sender.done()]
                assert box.full or not waiting
        while len(box) or any(not sender.done() for sender in senders):
            if len(box):
                got.append(box.get_nowait())
            await asyncio.sleep(0)
        assert got == sent
        assert box.statistics().waiting == 0

    run(main())


@pytest.mark.parametrize("capacity", [0, -1])
def test_capacity_is_checked(capacity: int) -> None:
    with pytest.raises(ValueError, match=f"capacity={capacity}"):
        Mailbox(capacity)


def test_closing_wakes_waiting_senders() -> None:
    async def main() -> None:
        box = Mailbox(1)
        box.put_nowait("a")
        waiters = [asyncio.create_task(box.room()) for _ in range(3)]
        await until(lambda: box.statistics().waiting == 3)
        assert "queued=1" in repr(box)
        assert box.close() == ["a"]
        for result in await asyncio.gather(*waiters, return_exceptions=True):
            assert isinstance(result, MailboxClosed)
        assert "closed" in repr(box)

    run(main())


def test_tell_to_a_full_mailbox_raises_and_names_the_remedy() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log, name="clerk", mailbox=Mailbox(2))
            address.tell(1)
            address.tell(2)
            with pytest.raises(MailboxFull, match=r"'clerk'.*capacity of 2.*send"):
                address.tell(3)
            await until(lambda: len(log.seen) == 2)
            address.tell(4)
            await until(lambda: log.seen == [1, 2, 4])

    run(main())


def test_send_and_ask_wait_for_room_in_order() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log, mailbox=Mailbox(1))
            await asyncio.gather(*(address.send(n) for n in range(50)))
            assert await asyncio.gather(*(address.ask(n) for n in range(50, 60))) == list(range(50, 60))
            assert log.seen == list(range(60))

    run(main())


def test_send_to_a_stopped_or_stopping_actor() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            gate = asyncio.Event()
            address = system.spawn(SerialLog, mailbox=Mailbox(1))
            address.tell(gate.wait)
            await until(address.running)
            address.tell("fills it")
            blocked = [asyncio.create_task(address.send(2)), asyncio.create_task(address.ask(3))]
            await turns(3)
            lost = letters(system)
            address.stop()
            for task in blocked:
                with pytest.raises(ActorStopped):
                    await task
            with pytest.raises(ActorStopped, match="stopped"):
                await address.send(4)
            assert [letter.message for letter in lost] == ["fills it"]
            gate.set()
            await address.join()

    run(main())


def test_a_mailbox_belongs_to_one_actor() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            box = Mailbox()
            system.spawn(Log, name="first", mailbox=box)
            with pytest.raises(ActorError, match="first"):
                system.spawn(Log, mailbox=box)

    run(main())
