"""The actor kernel: mailboxes, addresses, actors, a system per event loop, supervision. It knows no graph.

class Counter(Actor):
    def started(self) -> None:
        self.count = 0

    def receive(self, message: int) -> int:
        self.count += message
        return self.count

async with ActorSystem() as system:
    counter = system.spawn(Counter)
    counter.tell(1)
    assert await counter.ask(2) == 3
"""

from __future__ import annotations

from .actor import Actor
from .address import Address
from .dead_letters import DeadLetter, DeadLetters
from .errors import ActorError, ActorStopped, MailboxClosed, MailboxFull
from .mailbox import Mailbox, MailboxStatistics
from .outcome import Failure, Outcome, Success
from .statistics import SystemStatistics
from .supervision import (
    BackOff,
    Directive,
    Escalate,
    Escalated,
    Fault,
    HandedOver,
    HandOver,
    Restart,
    Resume,
    Supervisor,
)
from .system import ActorSystem

__all__ = [
    "Actor",
    "ActorError",
    "ActorStopped",
    "ActorSystem",
    "Address",
    "BackOff",
    "DeadLetter",
    "DeadLetters",
    "Directive",
    "Escalate",
    "Escalated",
    "Failure",
    "Fault",
    "HandOver",
    "HandedOver",
    "Mailbox",
    "MailboxClosed",
    "MailboxFull",
    "MailboxStatistics",
    "Outcome",
    "Restart",
    "Resume",
    "Success",
    "Supervisor",
    "SystemStatistics",
]
