"""Runs and their readers: async ones on the caller's loop, sync ones on a loop that the caller's own thread drives.

There is one engine. A sync caller's thread keeps a loop of its own between calls, and turns it only while it waits for the run; blocking
code of a lone sync node runs in that thread while the loop stands still, with no running loop visible to it.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing, contextmanager
from types import FrameType
from typing import Any, Self, TypeVar

from actograph.actors import ActorSystem, Address
from actograph.engine import workers
from actograph.engine.coordinator import Coordinator
from actograph.engine.launch import Launch, RunResult
from actograph.engine.messages import Cancel, Start
from actograph.engine.nesting.navigation import passed_on
from actograph.engine.streams.outlet import Outlet

T = TypeVar("T")


def spawn_run(launch: Launch, outlet: Outlet, system: ActorSystem) -> Address:
    """Start a run under the loop's actor system; its outcome comes through the outlet."""
    address = system.spawn(Coordinator(launch, outlet, system.loop), name=launch.plan.name)
    address.tell(Start())
    return address


def cancel_run(address: Address) -> None:
    """Ask a run to stop; its outlet ends when it has."""
    address.tell(Cancel())


class Reading:
    """A run as its reader holds it."""

    __slots__ = ("address", "launch", "outlet")

    def __init__(self, launch: Launch, system: ActorSystem, *, paced: bool) -> None:
        self.launch = launch
        self.outlet = Outlet(system.loop, paced=paced)
        if launch.prelude is not None:
            self.outlet.prelude = launch.prelude
            self.outlet.context.run(launch.prelude)
        self.address: Address = spawn_run(launch, self.outlet, system)

    def outcome(self) -> RunResult:
        """The result of the ended run, or what it raised."""
        error = self.outlet.error
        parent = self.launch.parent
        if error is not None:
            raise passed_on(error, parent)
        result: RunResult = self.outlet.result
        if self.launch.trace is not None:
            self.launch.trace.result = result
        if result.paused and parent is not None:
            # The node that called it pauses with it, and is what its caller answers.
            raise parent.pause_with(result.interrupts)
        return result

    async def stop(self) -> None:
        """Cancel the run if it has not ended, and wait until it has, whatever happens to the caller meanwhile."""
        outlet = self.outlet
        cancelled: asyncio.CancelledError | None = None
        if not outlet.ended:
            cancel_run(self.address)
        while not outlet.ended:
            outlet.chunks.clear()
            try:
                await outlet.wait()
            except asyncio.CancelledError as again:
                cancelled = again
        if outlet.leftovers:
            await asyncio.gather(*outlet.leftovers, return_exceptions=True)
        if cancelled is not None:
            raise cancelled


async def run_async(launch: Launch, *, heard: bool = False) -> tuple[RunResult, list[Any]]:
    """Run to the end; the result, and all chunks if any mode was asked for. `heard` when the run's trace listens already."""
    if launch.trace is not None and not heard:
        return await launch.trace.arun(lambda: run_async(launch, heard=True))
    reading = Reading(launch, ActorSystem.current(), paced=False)
    outlet = reading.outlet
    chunks: list[Any] = []
    try:
        while not outlet.ended:
            await outlet.wait()
            if outlet.chunks:
                chunks.extend(outlet.chunks)
                outlet.chunks.clear()
    finally:
        if not outlet.ended or outlet.leftovers:
            await reading.stop()
    return reading.outcome(), chunks


class _Chunks:
    """The chunks of a run. No generator: a loop that ends closes all generators at once, also those that another one closes."""

    __slots__ = ("_launch", "_reading", "_shape")

    def __init__(self, launch: Launch, shape: Callable[[Any], Any]) -> None:
        self._launch = launch
        self._shape = shape
        self._reading: Reading | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        reading = self._reading
        if reading is None:
            reading = self._reading = Reading(self._launch, ActorSystem.current(), paced=True)
        outlet = reading.outlet
        while not outlet.chunks:
            if outlet.ended:
                await self.aclose()
                reading.outcome()
                raise StopAsyncIteration
            await outlet.wait()
        return self._shape(outlet.chunks.popleft())

    async def aclose(self) -> None:
        """Cancel the run if it has not ended, and wait for it."""
        reading = self._reading
        if reading is not None and (not reading.outlet.ended or reading.outlet.leftovers):
            await reading.stop()


async def stream_async(make: Callable[[], Launch], shape: Callable[[Any], Any]) -> AsyncGenerator[Any, None]:
    """The chunks of a run that is made when the first is asked for; closing the iterator cancels the run and waits for it."""
    launch = make()
    trace = launch.trace
    if trace is not None:
        heard = _Chunks(launch, shape)
        await trace.abegin()
        try:
            async with aclosing(heard), aclosing(trace.tapped(heard)) as passing:
                async for chunk in passing:
                    yield chunk
        except BaseException as error:
            await trace.afail(error)
            raise
        await trace.aend()
        return
    reading = Reading(launch, ActorSystem.current(), paced=True)
    outlet = reading.outlet
    chunks = outlet.chunks
    try:
        while True:
            while chunks:
                yield shape(chunks.popleft())
            if outlet.ended:
                break
            await outlet.wait()
    finally:
        if not outlet.ended or outlet.leftovers:
            await reading.stop()
    reading.outcome()


class _ThreadLoop:
    """The loop of one thread; closed when the thread, or the process, is done with it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.pid = os.getpid()

    def close(self) -> None:
        """End what is left in the loop, and close it."""
        loop = self.loop
        if loop.is_closed() or loop.is_running() or self.pid != os.getpid():
            return
        if sys.is_finalizing():
            loop.close()
        elif loop_is_running():
            # Collected while another loop runs in this thread.
            in_other_thread(self.close)
        else:
            self._end()

    def _end(self) -> None:
        loop = self.loop
        try:
            remaining = asyncio.all_tasks(loop)
            for task in remaining:
                task.cancel()
            if remaining:
                loop.run_until_complete(asyncio.gather(*remaining, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()

    def __del__(self) -> None:
        if hasattr(self, "pid"):  # else it was never finished
            self.close()


_local = threading.local()


def thread_holder() -> _ThreadLoop:
    """A loop of the calling thread that does not run: its first one, or a further one for a call made inside another."""
    holders: list[_ThreadLoop] | None = getattr(_local, "holders", None)
    if holders is None:
        holders = _local.holders = []
    for holder in holders:
        if not (holder.loop.is_closed() or holder.loop.is_running() or holder.pid != os.getpid()):
            return holder
    holders[:] = [holder for holder in holders if holder.loop.is_running() and holder.pid == os.getpid()]
    holders.append(_ThreadLoop())
    return holders[-1]


def thread_loop() -> asyncio.AbstractEventLoop:
    """The loop of `thread_holder`."""
    return thread_holder().loop


def loop_is_running() -> bool:
    """Whether the calling thread is inside a running event loop, as in a notebook."""
    return asyncio._get_running_loop() is not None


def in_other_thread(function: Callable[[], T], cancel: Callable[[], None] | None = None) -> T:
    """Run `function` in a thread of its own and block until it returns: for sync calls made while a loop runs in this one.

    `cancel` is called when the wait is cut short, as by Ctrl-C.
    """
    context = contextvars.copy_context()
    with workers.WORKERS.lent(), ThreadPoolExecutor(max_workers=1, thread_name_prefix="actograph-sync") as pool:
        outcome = pool.submit(context.run, function)
        try:
            return outcome.result()
        except BaseException:
            if cancel is not None and not outcome.done():
                cancel()
            raise


def wait_for(make: Callable[[], Any]) -> Any:
    """Await `make()` from sync code."""
    if loop_is_running():
        return in_other_thread(lambda: wait_for(make))
    with workers.WORKERS.lent():
        return thread_loop().run_until_complete(make())


@contextmanager
def _ctrl_c_cancels(driver: _SyncReading) -> Iterator[None]:
    """While the main thread drives a loop, the first Ctrl-C cancels the run instead of being raised wherever the loop happens to be, as
    `asyncio.run` does it; KeyboardInterrupt follows when the run has ended. In a node's blocking code, and the second time, it is raised
    at once."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    pressed = 0

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed += 1
        if pressed > 1 or driver.reading is None or asyncio._get_running_loop() is not driver.loop:
            signal.default_int_handler(number, frame)
        driver.cancel()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
        if pressed:
            raise KeyboardInterrupt
    finally:
        if signal.getsignal(signal.SIGINT) is handle:
            signal.signal(signal.SIGINT, signal.default_int_handler)


class _SyncReading:
    """A run driven by the calling thread."""

    def __init__(self, launch: Launch, *, paced: bool) -> None:
        # The loop lives as long as the reading, also when the thread that made it ends and another reads on.
        self._holder = thread_holder()
        self.loop = self._holder.loop
        self.reading: Reading | None = None
        self._launch = launch
        self._paced = paced
        self._turning: asyncio.Task[None] | None = None

    async def _turn(self) -> None:
        if self.reading is None:
            self.reading = Reading(self._launch, ActorSystem.current(), paced=self._paced)
        await self.reading.outlet.wait()

    def turn(self) -> Outlet:
        """Let the loop run until there is something to take."""
        with workers.WORKERS.lent(), _ctrl_c_cancels(self):
            self._turning = self.loop.create_task(self._turn())
            self.loop.run_until_complete(self._turning)
        assert self.reading is not None
        return self.reading.outlet

    def cancel(self) -> None:
        """Ask the run to stop; from any thread."""
        if self.reading is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(cancel_run, self.reading.address)

    def close(self) -> None:
        """Cancel the run if it has not ended."""
        reading = self.reading
        turning = self._turning
        ended = reading is None or (reading.outlet.ended and not reading.outlet.leftovers)
        if ended and (turning is None or turning.done()):
            return
        if loop_is_running():
            # As when a stream is collected while another loop runs in this thread.
            in_other_thread(self.close)
            return
        with workers.WORKERS.lent():
            self.loop.run_until_complete(self._stop())

    async def _stop(self) -> None:
        if self._turning is not None and not self._turning.done():
            # A Ctrl-C left it where it was.
            self._turning.cancel()
            await asyncio.wait([self._turning])
        if self.reading is not None:
            await self.reading.stop()


def run_sync(launch: Launch, *, heard: bool = False) -> tuple[RunResult, list[Any]]:
    """Like `run_async`, driven by the calling thread."""
    if launch.trace is not None and not heard:
        return launch.trace.run(lambda: run_sync(launch, heard=True))
    driver = _SyncReading(launch, paced=False)
    if loop_is_running():
        return in_other_thread(lambda: _driven(driver), driver.cancel)
    return _driven(driver)


def _driven(driver: _SyncReading) -> tuple[RunResult, list[Any]]:
    chunks: list[Any] = []
    try:
        while True:
            outlet = driver.turn()
            if outlet.chunks:
                chunks.extend(outlet.chunks)
                outlet.chunks.clear()
            if outlet.ended:
                break
    finally:
        driver.close()
    assert driver.reading is not None
    return driver.reading.outcome(), chunks


def stream_sync(
    make: Callable[[], Launch],
    shape: Callable[[Any], Any],
    tell: Callable[[_SyncReading], None] | None = None,
    *,
    heard: bool = False,
) -> Generator[Any, None, None]:
    """Like `stream_async`, driven by the calling thread; `tell` is handed the driver."""
    if loop_is_running():
        yield from _stream_elsewhere(make, shape)
        return
    launch = make()
    if launch.trace is not None and not heard:
        with closing(launch.trace.chunks(stream_sync(lambda: launch, shape, tell, heard=True))) as chunks:
            yield from chunks
        return
    driver = _SyncReading(launch, paced=True)
    if tell is not None:
        tell(driver)
    try:
        while True:
            outlet = driver.turn()
            while outlet.chunks:
                yield shape(outlet.chunks.popleft())
            if outlet.ended:
                break
    finally:
        driver.close()
    assert driver.reading is not None
    driver.reading.outcome()


def _stream_elsewhere(make: Callable[[], Launch], shape: Callable[[Any], Any]) -> Iterator[Any]:
    """`stream_sync` in a thread of its own, chunk by chunk, for a caller inside a running loop."""
    end = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="actograph-sync") as pool:
        drivers: list[_SyncReading] = []
        chunks = stream_sync(make, shape, drivers.append)

        def advance() -> Any:
            return next(chunks, end)

        try:
            while True:
                # Each chunk is asked for in the caller's context of that moment.
                waiting = pool.submit(contextvars.copy_context().run, advance)
                try:
                    with workers.WORKERS.lent():
                        chunk = waiting.result()
                except BaseException:
                    if not waiting.done() and drivers:
                        drivers[0].cancel()
                    raise
                if chunk is end:
                    return
                yield chunk
        finally:
            with workers.WORKERS.lent():
                pool.submit(chunks.close).result()
