"""A thread that owns a connection, and its mailbox: whatever waits is taken together."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from actograph.checkpoint.records.errors import StorageClosedError, StorageError
from actograph.checkpoint.sqlite.ops import Logic

T = TypeVar("T")

Reply = Callable[[Any, BaseException | None], None]

# One transaction takes at most this many items, and about this many bytes.
BATCH_ITEMS: Final = 2048
BATCH_BYTES: Final = 32 * 1024 * 1024
# Callers that may wait do so while more than this is queued.
QUEUE_ITEMS: Final = 50_000
QUEUE_BYTES: Final = 256 * 1024 * 1024
# How long the end of the interpreter waits for what was accepted, in seconds.
EXIT_TIMEOUT: Final = 60.0


class Item(msgspec.Struct):
    """One message to a worker. `reply(value, error)` is called once, and so is `done(error)`: on `loop`, or in the worker's thread when
    that is None."""

    kind: int
    payload: Any
    reply: Reply | None = None
    loop: Any = None
    size: int = 0
    line: Any = None
    done: Callable[[BaseException | None], None] | None = None
    value: Any = None
    error: BaseException | None = None


class WorkerStatistics(msgspec.Struct, frozen=True):
    """What a worker has done: items and their bytes taken in, transactions, items of the largest one, items that failed, items waiting."""

    entries: int
    batches: int
    largest_batch: int
    failed: int
    queue: int
    bytes: int


class Port(Protocol):
    """A connection as a worker uses it, from its own thread only."""

    def open(self) -> None:
        """Connect."""
        ...

    def run(self, logic: Logic[T]) -> T:
        """Perform the operations of a logic."""
        ...

    def close(self) -> None:
        """Disconnect, if the connection is the worker's own."""
        ...


class Handler(Protocol):
    """What a worker does with the items it takes."""

    def prepare(self, port: Port) -> None:
        """Once after connecting. Raises to have the items fail; it is tried again for the next ones."""
        ...

    def refuse(self, items: Sequence[Item], error: BaseException) -> None:
        """Set the `error` of items that cannot be handled, as connecting or preparing failed with `error`."""
        ...

    def handle(self, port: Port, items: Sequence[Item]) -> None:
        """Work on items, in order, and set the `value` or `error` of each. Does not raise."""
        ...

    def tick(self, port: Port) -> float | None:
        """Do what is due; seconds until something is due next, or None."""
        ...

    def finish(self, port: Port) -> None:
        """Before disconnecting."""
        ...


def _deliver(items: Sequence[Item]) -> None:
    for item in items:
        if item.done is not None:
            item.done(item.error)
        if item.reply is not None:
            item.reply(item.value, item.error)


class Worker:
    """Thread, mailbox, connection. Started by its first item; ends when stopped, after all that was accepted has been handled.

    The thread is a daemon, so that an idle one never holds up the end of the interpreter; a handler registered with `atexit` (which runs
    while daemon threads still do) stops every worker and waits for what it has accepted. The thread knows the worker, but whoever holds a
    saver holds only a `WorkerHandle`: when that is collected, the worker stops too.
    """

    def __init__(self, port: Port, handler: Handler, *, name: str, database: str) -> None:
        self.database = database
        self.ready = False
        self._port = port
        self._handler = handler
        self._name = name
        self._queue: deque[Item] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Lock()
        self._wake.acquire()
        self._idle = False
        self._stopping = False
        self._forked = False
        self._thread: threading.Thread | None = None
        self._ended: list[tuple[AbstractEventLoop | None, Callable[[], None]]] = []
        self._room = threading.Condition(self._lock)
        self._waiting_for_room = 0
        self._submitted = 0
        self._handled = 0
        self._queued_bytes = 0
        self._bytes = 0
        self._batches = 0
        self._largest = 0
        self._failed = 0
        _workers.add(self)

    # For callers, in any thread.

    def submit(self, item: Item, *, wait: bool = False) -> None:
        """Accept an item. With `wait`, first wait while too much is queued. Raises `StorageClosedError`."""
        if self._forked:
            # First of all: another thread may have held the lock when the process was forked.
            raise self._refusal()
        with self._lock:
            if self._stopping:
                raise self._refusal()
            if wait and self._thread is not threading.current_thread():
                while self._crowded() and not self._stopping:
                    self._waiting_for_room += 1
                    self._room.wait()
                    self._waiting_for_room -= 1
                if self._stopping:
                    raise self._refusal()
            if self._thread is None:
                self._start()
            self._queue.append(item)
            self._submitted += 1
            self._queued_bytes += item.size
            if self._idle:
                self._idle = False
                self._signal()

    def _crowded(self) -> bool:
        return len(self._queue) > QUEUE_ITEMS or self._queued_bytes > QUEUE_BYTES

    def _refusal(self) -> StorageClosedError:
        if self._forked:
            return StorageClosedError(
                "this saver was opened before the process was forked, and SQLite connections do not survive a fork",
                database=self.database,
                remedy="Open a saver of its own in the child process.",
            )
        return StorageClosedError(
            "the saver is closed", database=self.database, remedy="Use it inside of its `with` block only."
        )

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        thread.start()
        self._thread = thread

    def _signal(self) -> None:
        try:
            self._wake.release()
        except RuntimeError:
            pass  # released already: the thread is about to look

    @property
    def settled(self) -> bool:
        """Whether all that was accepted has been handled."""
        return self._handled == self._submitted

    def statistics(self) -> WorkerStatistics:
        """A snapshot of the counters."""
        return WorkerStatistics(
            self._submitted,
            self._batches,
            self._largest,
            self._failed,
            self._submitted - self._handled,
            self._bytes + self._queued_bytes,
        )

    def stop(self) -> None:
        """Accept nothing more, and end the thread when the mailbox is empty. Takes no lock: a garbage collector may call it anywhere."""
        self._stopping = True
        self._signal()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the thread to end, from another thread."""
        thread = self._thread
        if thread is not None and not self._forked and thread is not threading.current_thread():
            thread.join(timeout)

    def when_ended(self, loop: AbstractEventLoop, callback: Callable[[], None]) -> bool:
        """Have `callback` called on `loop` when the thread has ended; False when no thread runs."""
        if self._forked:
            return False
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                return False
            self._ended.append((loop, callback))
            return True

    def after_fork(self) -> None:
        """In the child of a fork: the thread did not come along, and the connection must not be touched."""
        self._forked = True

    # In the worker's thread.

    def _run(self) -> None:
        opened = False
        due: float | None = None
        try:
            while (items := self._take(due)) is not None:
                if not items and not self.ready:
                    continue
                try:
                    if not opened:
                        self._port.open()
                        opened = True
                    if not self.ready:
                        self._handler.prepare(self._port)
                        self.ready = True
                except BaseException as error:
                    self._handler.refuse(items, error)
                else:
                    try:
                        if items:
                            self._handler.handle(self._port, items)
                        due = self._handler.tick(self._port)
                    except BaseException as error:
                        # Handlers do not raise; should one do so, nobody may wait for ever.
                        self._handler.refuse(items, error)
                self._answer(items)
                del items
        finally:
            if opened:
                try:
                    if self.ready:
                        self._handler.finish(self._port)
                finally:
                    self._port.close()
            with self._lock:
                self._stopping = True
                ended, self._ended = self._ended, []
                self._room.notify_all()
                left = list(self._queue)
            for item in left:
                item.error = self._refusal()
            self._answer(left)
            for loop, callback in ended:
                if loop is not None:
                    _call(loop, callback)

    def _take(self, due: float | None) -> list[Item] | None:
        """The items of the next batch, none when something is due, or None at the end."""
        queue = self._queue
        if not queue:
            with self._lock:
                if not queue:
                    if self._stopping:
                        return None
                    self._idle = True
            if not queue and not self._stopping:
                self._wake.acquire(timeout=-1 if due is None else max(0.0, due))
            self._idle = False
        items: list[Item] = []
        size = 0
        while queue and len(items) < BATCH_ITEMS and size < BATCH_BYTES:
            item = queue.popleft()
            size += item.size
            items.append(item)
        with self._lock:
            self._queued_bytes -= size
            self._bytes += size
        return items

    def _answer(self, items: Sequence[Item]) -> None:
        if items:
            with self._lock:
                self._handled += len(items)
                self._batches += 1
                self._largest = max(self._largest, len(items))
                if self._waiting_for_room and not self._crowded():
                    self._room.notify_all()
        loops: dict[AbstractEventLoop | None, list[Item]] = {}
        for item in items:
            if item.error is not None:
                self._failed += 1
            if item.done is None and item.reply is None:
                continue
            waiting = loops.get(item.loop)
            if waiting is None:
                loops[item.loop] = [item]
            else:
                waiting.append(item)
        # One wake-up per event loop, whatever the number of answers.
        for loop, answered in loops.items():
            if loop is None:
                _deliver(answered)
            else:
                _call(loop, _deliver, answered)


def answer(item: Item) -> None:
    """Reply to one item that never reached its worker, from any thread."""
    if item.loop is None:
        _deliver((item,))
    else:
        _call(item.loop, _deliver, (item,))


def _call(loop: AbstractEventLoop, callback: Callable[..., None], *args: Any) -> None:
    try:
        loop.call_soon_threadsafe(callback, *args)
    except RuntimeError:
        pass  # the loop is closed: those who waited on it are gone


class WorkerHandle:
    """Keeps a worker running; when it is collected, the worker stops."""

    __slots__ = ("__weakref__", "_finalizer", "worker")

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._finalizer = weakref.finalize(self, worker.stop)
        # At the end of the interpreter workers are stopped and waited for, below.
        self._finalizer.atexit = False


_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


def _after_fork() -> None:
    for worker in list(_workers):
        worker.after_fork()


def _at_exit() -> None:
    workers = list(_workers)
    for worker in workers:
        worker.stop()
    deadline = time.monotonic() + EXIT_TIMEOUT
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

__all__ = ("Handler", "Item", "Port", "Reply", "StorageError", "Worker", "WorkerHandle", "WorkerStatistics", "answer")
