"""`tell_now`: as `tell`, and handled within the call where nothing forbids it."""

from __future__ import annotations

import pytest

from actograph.actors import ActorSystem

from .support import KINDS, Log, letters, run, until


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_actor_gets_the_message(kind: type[Log]) -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = kind()
            address = system.spawn(log)
            for number in range(5):
                address.tell_now(number)
            await until(lambda: len(log.seen) == 5)
            assert log.seen == [0, 1, 2, 3, 4]

    run(main())


def test_an_idle_actor_with_a_plain_receive_handles_it_within_the_call() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log)
            await address.ask("awake")
            address.tell_now("now")
            assert log.seen == ["awake", "now"]

    run(main())


def test_what_waits_already_comes_first() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log)
            await address.ask("awake")
            address.tell("first")
            address.tell_now("second")
            assert log.seen == ["awake"]
            await until(lambda: len(log.seen) == 3)
            assert log.seen == ["awake", "first", "second"]

    run(main())


def test_an_actor_that_tells_itself_is_not_entered_twice() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            log = Log()
            address = system.spawn(log)
            await address.ask("awake")
            depth = 0

            def again() -> None:
                nonlocal depth
                depth += 1
                assert depth == 1
                if len(log.seen) < 5:
                    address.tell_now(again)
                depth -= 1

            address.tell_now(again)
            await until(lambda: len(log.seen) == 5)

    run(main())


def test_a_stopped_actor_makes_it_a_dead_letter() -> None:
    async def main() -> None:
        async with ActorSystem() as system:
            dead = letters(system)
            address = system.spawn(Log())
            address.stop()
            await address.join()
            address.tell_now("late")
            assert [letter.message for letter in dead] == ["late"]

    run(main())
