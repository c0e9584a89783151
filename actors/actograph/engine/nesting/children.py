"""The runs that a task has called and that have not ended: a task that ends takes them with it, one that pauses waits for them first."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from actograph.engine.loops import call_in
from actograph.engine.messages import Cancel

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.task import Task


class Children:
    """Runs called in one task. They may belong to other loops than the task, in the threads of sync nodes."""

    __slots__ = ("_lock", "_waiter", "running")

    def __init__(self) -> None:
        self.running: set[Coordinator] = set()
        self._lock = threading.Lock()
        self._waiter: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] | None = None

    def add(self, run: Coordinator) -> None:
        """A run begins."""
        with self._lock:
            self.running.add(run)

    def ended(self, run: Coordinator) -> None:
        """A run has ended."""
        with self._lock:
            self.running.discard(run)
            waiter = self._waiter
        if waiter is not None:
            loop, future = waiter
            if loop is run.loop:
                _wake(future)
            else:
                call_in(loop, _wake, future)

    async def wait(self, *, here: bool = False) -> None:
        """Return when none is left; with `here`, none in the running loop."""
        loop = asyncio.get_running_loop()
        while True:
            with self._lock:
                if not any(run.loop is loop or not here for run in self.running):
                    self._waiter = None
                    return
                future: asyncio.Future[None] = loop.create_future()
                self._waiter = (loop, future)
            await future


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


_making = threading.Lock()


def begun(run: Coordinator, parent: Task) -> bool:
    """A run that `parent` called begins. False for one that must not: the thread of a sync node runs on after its task was cancelled, and
    what it calls then does not."""
    with _making:
        if parent.children is None:
            parent.children = Children()
    parent.children.add(run)
    return not (parent.run.stopping or parent.given_up)


async def wait_for_children(task: Task) -> None:
    """A task pauses: graphs that it called beside the one that paused it go on to their ends, and ask what they have to ask."""
    if task.children is not None:
        await task.children.wait()


async def stop_children(task: Task) -> None:
    """A task has ended, or was cancelled: what it called and left running is cancelled. Those in its loop are waited for; those in a thread
    that runs the task's blocking code stop when they can."""
    children = task.children
    if children is None or not children.running:
        return
    loop = asyncio.get_running_loop()
    for run in list(children.running):
        if run.loop is loop:
            run.address.tell(Cancel())
        else:
            call_in(run.loop, run.address.tell, Cancel())
    await children.wait(here=True)
