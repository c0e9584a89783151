"""One open database: its persister, its reader, and the ways to wait for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from actograph.checkpoint.records.statistics import SaverStatistics
from actograph.checkpoint.sqlite.ops import Logic
from actograph.checkpoint.sqlite.persister import BARRIER, LOOK, WORK, Persister, Reader, Work
from actograph.checkpoint.sqlite.ports import OwnPort
from actograph.checkpoint.sqlite.tables import Tables
from actograph.checkpoint.sqlite.worker import Item, Port, Reply, Worker, WorkerHandle, answer

T = TypeVar("T")


class Store:
    """Submits to the persister and the reader. Any thread, any event loop.

    A read sees everything that this store accepted before it: when the persister is behind, the read is handed to the reader by a barrier
    that passes through the persister's mailbox; when nothing waits, it goes to the reader at once. With a connection for both (`:memory:`,
    or handed in), reads simply stand in the persister's mailbox.
    """

    def __init__(self, port: Port, database: str, *, separate_reads: bool) -> None:
        self.database = database
        self.tables = Tables(database)
        self.port = port
        self.epoch = 0
        self._writer = WorkerHandle(
            Worker(port, Persister(self.tables), name=f"actograph-persister {database}", database=database)
        )
        self._reader: WorkerHandle | None = None
        if separate_reads:
            reader = Worker(
                OwnPort(database, read_only=True),
                Reader(database),
                name=f"actograph-reader {database}",
                database=database,
            )
            self._reader = WorkerHandle(reader)

    @property
    def ready(self) -> bool:
        """Whether the tables were set up."""
        return self._writer.worker.ready

    def submit(self, item: Item, *, wait: bool = False) -> None:
        """Hand an item to the persister; see `Worker.submit`."""
        self._writer.worker.submit(item, wait=wait)

    def _submit(self, item: Item, *, wait: bool) -> None:
        if item.kind != LOOK or self._reader is None:
            self._writer.worker.submit(item, wait=wait)
            return
        writer, reader = self._writer.worker, self._reader.worker
        if writer.ready and writer.settled:
            reader.submit(item)
            return

        def passed(_: Any, error: BaseException | None) -> None:
            if error is None:
                try:
                    reader.submit(item)
                    return
                except Exception as refused:
                    error = refused
            item.error = error
            answer(item)

        writer.submit(Item(BARRIER, None, reply=passed))

    def perform(self, kind: int, payload: Any, size: int = 0) -> Any:
        """Submit and block until it is done. Its error is raised here."""
        done = threading.Lock()
        done.acquire()
        item = Item(kind, payload, size=size, reply=lambda value, error: done.release())
        self._submit(item, wait=True)
        done.acquire()
        if item.error is not None:
            raise item.error
        return item.value

    async def aperform(self, kind: int, payload: Any, size: int = 0) -> Any:
        """Submit and wait. Cancelling the wait does not take back what was submitted."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._submit(Item(kind, payload, size=size, loop=loop, reply=settle(future)), wait=False)
        return await future

    def work(self, logic: Work) -> Any:
        """Run writing logic in a transaction."""
        return self.perform(WORK, logic)

    def look(self, logic: Callable[[], Logic[T]]) -> T:
        """Run reading logic on a snapshot."""
        result: T = self.perform(LOOK, logic)
        return result

    async def alook(self, logic: Callable[[], Logic[T]]) -> T:
        """As `look`."""
        result: T = await self.aperform(LOOK, logic)
        return result

    def statistics(self) -> SaverStatistics:
        """A snapshot of the counters."""
        writer = self._writer.worker.statistics()
        reads = self._reader.worker.statistics().entries if self._reader is not None else 0
        return SaverStatistics(
            writer.entries,
            writer.batches,
            writer.largest_batch,
            writer.failed,
            writer.queue,
            writer.bytes,
            reads,
            len(self.tables.running),
        )

    def _workers(self) -> list[Worker]:
        # The persister first: barriers in its mailbox still hand reads to the reader.
        return [self._writer.worker, *([self._reader.worker] if self._reader is not None else [])]

    def close(self) -> None:
        """Store everything accepted, then end. Idempotent."""
        for worker in self._workers():
            worker.stop()
            worker.join()

    async def aclose(self) -> None:
        """As `close`, without blocking the loop."""
        loop = asyncio.get_running_loop()
        for worker in self._workers():
            ended = asyncio.Event()
            waiting = worker.when_ended(loop, ended.set)
            worker.stop()
            if waiting:
                await ended.wait()
                worker.join()


def settle(future: asyncio.Future[Any]) -> Reply:
    """A reply that sets a future, unless its waiter was cancelled."""

    def reply(value: Any, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    return reply
