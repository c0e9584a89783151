"""What the coordinator of a run is told. Frozen: a message may sit in a mailbox while its sender goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from actograph.engine.calls.call import Call
    from actograph.engine.task import Task


class Start(msgspec.Struct, frozen=True):
    """Begin the run."""


class Loaded(msgspec.Struct, frozen=True):
    """The saver answered: the checkpoint to go on from, whether it is the newest of its thread, or why it could not be read."""

    stored: Any = None
    newest: bool = True
    error: BaseException | None = None
    resumes: bool = False
    """A sub-graph goes on from there, whatever input it was called with."""
    named: bool = False
    """It goes on from there because its caller named that checkpoint."""


class Completed(msgspec.Struct, frozen=True, gc=False):
    """A task ended; its writes are in it."""

    task: Task


class Suspended(msgspec.Struct, frozen=True, gc=False):
    """A task waits for answers: it raised its question, or awaits it where it stands."""

    task: Task
    ended: bool = False
    """It raised the question, and has ended with that."""


class Failed(msgspec.Struct, frozen=True):
    """A task failed for good, after its retries."""

    task: Task
    error: BaseException


class Drained(msgspec.Struct, frozen=True):
    """A task stopped because a graph that it called was drained."""

    task: Task
    reason: str


class StepTimedOut(msgspec.Struct, frozen=True):
    """A superstep has taken all the time it may."""

    step: int


class Stored(msgspec.Struct, frozen=True):
    """An entry handed to the saver is durable, or could not be stored."""

    error: BaseException | None = None


class Demand(msgspec.Struct, frozen=True):
    """The reader has taken all chunks and asks for more."""


class Cancel(msgspec.Struct, frozen=True):
    """Stop the run: its caller has gone."""


class CallEnded(msgspec.Struct, frozen=True, gc=False):
    """A call of a `@task` has ended: with what its actor tells of any task."""

    call: Call
    outcome: Any


class Ended(msgspec.Struct, frozen=True):
    """A task that was told to stop has stopped."""

    task: Task


class Woken(msgspec.Struct, frozen=True):
    """A task stopped waiting for an answer by itself (its own time-out), and goes on."""

    task: Task


class Settled(msgspec.Struct, frozen=True):
    """A task that awaits answers has had time to go on with those it has: if it still waits, it is suspended."""

    task: Task
