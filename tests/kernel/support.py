"""What the kernel's tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from actograph.actors import Actor, DeadLetter, Fault


def run(main: Coroutine[Any, Any, Any], timeout: float = 20) -> Any:
    """``asyncio.run`` with a time limit; what the loop's exception handler is told fails the test."""

    async def guarded() -> Any:
        problems: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
        async with asyncio.timeout(timeout):
            result = await main
        assert problems == []
        return result

    return asyncio.run(guarded())


class Reports(list[dict[str, Any]]):
    """Collects what the running loop's exception handler is told, instead of failing the test."""

    def __init__(self) -> None:
        super().__init__()
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.append(context))


async def until(condition: Callable[[], object], turns: int = 100_000) -> None:
    """Let the loop turn until something holds."""
    for _ in range(turns):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to hold")


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


class Log(Actor):
    """Serial, plain: keeps what it gets, answers with it; calls what it gets if that is callable."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.events: list[Any] = []

    def started(self) -> None:
        self.events.append("started")

    def receive(self, message: Any) -> Any:
        self.seen.append(message)
        return message() if callable(message) else message

    def stopped(self, reason: BaseException | None) -> None:
        self.events.append(("stopped", reason))


class SerialLog(Log):
    """Serial, asynchronous: awaits what is awaitable."""

    async def receive(self, message: Any) -> Any:
        self.seen.append(message)
        value = message() if callable(message) else message
        return await value if isinstance(value, Awaitable) else value


class ConcurrentLog(SerialLog):
    concurrent = True


class Parent(Actor):
    """Keeps the faults that are escalated to it."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def receive(self, message: Any) -> None:
        self.faults.append(message.fault)


class Decide:
    """A supervisor that answers with the given directives in turn, the last one for ever, and keeps the faults."""

    def __init__(self, *directives: Any) -> None:
        self.directives = list(directives)
        self.faults: list[Fault] = []

    def decide(self, failure: Fault) -> Any:
        self.faults.append(failure)
        directive = self.directives.pop(0) if len(self.directives) > 1 else self.directives[0]
        return directive(failure) if callable(directive) else directive


def letters(system: Any) -> list[DeadLetter]:
    """The dead letters from now on."""
    collected: list[DeadLetter] = []
    system.dead_letters.subscribe(collected.append)
    return collected


def fail(exception: BaseException) -> Callable[[], Any]:
    """A message that makes a ``Log`` raise."""

    def message() -> Any:
        raise exception

    return message


KINDS: tuple[type[Log], ...] = (Log, SerialLog, ConcurrentLog)
