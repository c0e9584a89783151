"""Calls made while the run's loop stands still: a sync node runs in the caller's own thread, and calls a task where that was not foreseen.

The call is then run to its end before the node goes on, in a thread and a loop of its own.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from actograph.actors import Restart
from actograph.actors.supervision import Fault
from actograph.engine import workers
from actograph.engine.current import TASK
from actograph.engine.messages import Ended
from actograph.engine.node import NO_RETRY, NodeActor

if TYPE_CHECKING:
    from actograph.engine.calls.call import Call


def run_alone(call: Call) -> None:
    """Run `call`, with its retries, until it has told its outcome."""
    context = call.context
    assert context is not None
    context.run(TASK.set, call)  # its blocking code runs in copies of this one
    thread = threading.Thread(target=context.run, args=(asyncio.run, _attempts(call)), name=f"actograph-{call.name}")
    thread.start()
    with workers.WORKERS.lent():  # the call may need it
        thread.join()
    if not call.ended:
        call.tell(Ended(call))


async def _attempts(call: Call) -> None:
    supervisor = call.node.supervisor or NO_RETRY
    actor = NodeActor(call.node)
    attempt = 1
    began = time.monotonic()
    while True:
        try:
            await actor.receive(call)
            return
        except BaseException as error:
            directive = supervisor.decide(Fault(None, call, error, attempt, time.monotonic() - began))
        if not isinstance(directive, Restart):
            return
        await asyncio.sleep(directive.delay)
        attempt += 1
