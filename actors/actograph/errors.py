"""What a graph raises: errors for callers, and the signals that steer a run.

Signals derive from `BaseException`, so that an `except Exception` in a node, a tool wrapper or a retry library cannot swallow a pause.
What leaves a run to its caller (`GraphDrained`, a `ParentCommand` with no parent) is an `Exception`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import Enum
from typing import Any, Literal

from actograph.checkpoint.base import EmptyChannelError

__all__ = (
    "EmptyChannelError",
    "EmptyInputError",
    "ErrorCode",
    "GraphBubbleUp",
    "GraphDrained",
    "GraphInterrupt",
    "GraphRecursionError",
    "InvalidUpdateError",
    "NodeCancelledError",
    "NodeError",
    "NodeInterrupt",
    "NodeTimeoutError",
    "ParentCommand",
    "TaskEvicted",
    "TaskNotFound",
    "UnknownInterruptError",
    "is_invalid_resume",
)


class ErrorCode(Enum):
    """Stable code of a common mistake, part of the message of the error that reports it."""

    GRAPH_RECURSION_LIMIT = "GRAPH_RECURSION_LIMIT"
    INVALID_CONCURRENT_GRAPH_UPDATE = "INVALID_CONCURRENT_GRAPH_UPDATE"
    INVALID_GRAPH_NODE_RETURN_VALUE = "INVALID_GRAPH_NODE_RETURN_VALUE"
    MULTIPLE_SUBGRAPHS = "MULTIPLE_SUBGRAPHS"
    INVALID_CHAT_HISTORY = "INVALID_CHAT_HISTORY"


def create_error_message(*, message: str, error_code: ErrorCode) -> str:
    """`message` with its stable code, by which the manual's page on it is found."""
    return f"{message} [{error_code.value}]"


class EmptyInputError(Exception):
    """A run was started with nothing to do: no input, and nothing on the thread to continue."""


class GraphRecursionError(RecursionError):
    """A run took more supersteps than `config["recursion_limit"]` allows."""


class InvalidUpdateError(Exception):
    """The writes of a superstep do not fit the state; nothing of that superstep is kept."""


class TaskNotFound(Exception):
    """A task that was to be continued is not among the tasks of its checkpoint."""


class GraphBubbleUp(BaseException):
    """Base of the signals that pass through user code to the engine; not an `Exception`, so that it is not swallowed on the way."""


class GraphInterrupt(GraphBubbleUp):
    """Raised by `interrupt()` to pause the task it is called in; the caller of the run sees `__interrupt__`, not this."""

    def __init__(self, interrupts: Sequence[Any] = ()) -> None:
        super().__init__(interrupts)


class NodeInterrupt(GraphInterrupt):
    """Pauses the node that raises it. Deprecated in favour of `interrupt()`."""

    def __init__(self, value: Any, id: str | None = None) -> None:
        from actograph.types import Interrupt

        super().__init__([Interrupt(value) if id is None else Interrupt(value, id)])


class _ParentSignal(GraphBubbleUp):
    """Carries a `Command` meant for the parent graph through the sub-graph's node to the parent's engine."""

    def __init__(self, command: Any, to: Any = None) -> None:
        super().__init__(command)
        self.command = command
        self.to = to
        """The task that called the sub-graph, once that has ended."""


class ParentCommand(Exception):
    """A `Command(graph=Command.PARENT)` reached a graph that has no parent."""

    def __init__(self, command: Any) -> None:
        super().__init__(command)
        self.args = (command,)


class GraphDrained(GraphBubbleUp, Exception):
    """The run stopped between two supersteps because a drain was asked for; its thread can be continued with input `None`."""

    def __init__(self, reason: str = "shutdown") -> None:
        super().__init__(f"the run was drained: {reason}")
        self.reason = reason


class DrainSignal(GraphBubbleUp):
    """Carries the drain of a graph called in a node through the node's code to the run that the node belongs to."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TaskEvicted(asyncio.CancelledError):
    """Raised inside a task held by `ainterrupt` when it is given up: its thread goes on by replay, and nothing the task still does is
    recorded."""


class NodeCancelledError(Exception):
    """A node's own code raised `CancelledError` although nobody cancelled the run."""

    def __init__(self, node: str, message: str | None = None) -> None:
        super().__init__(message or f"node {node!r} was cancelled from inside, not by the run it belongs to")
        self.node = node


class NodeError:
    """What an error handler is given: the name of the node that failed, and its error."""

    __slots__ = ("error", "node")

    def __init__(self, node: str, error: BaseException) -> None:
        self.node = node
        self.error = error

    def __repr__(self) -> str:
        return f"NodeError(node={self.node!r}, error={self.error!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NodeError) and (self.node, self.error) == (other.node, other.error)

    __hash__ = None  # type: ignore[assignment]


class StoredError(Exception):
    """An error of an earlier run, of which the thread has kept the text. Shows as the error did."""

    def __repr__(self) -> str:
        return str(self)


class NodeTimeoutError(Exception):
    """A node ran, or was silent, for longer than its timeout policy allows. Times are in seconds."""

    def __init__(
        self,
        node: str,
        elapsed: float,
        *,
        kind: Literal["idle", "run"],
        idle_timeout: float | None = None,
        run_timeout: float | None = None,
    ) -> None:
        limit = idle_timeout if kind == "idle" else run_timeout
        super().__init__(f"node {node!r} exceeded its {kind} timeout of {limit} s after {elapsed:.3f} s")
        self.node = node
        self.elapsed = elapsed
        self.kind = kind
        self.idle_timeout = idle_timeout
        self.run_timeout = run_timeout
        self.timeout = limit


class UnknownInterruptError(Exception):
    """A resume names interrupts that are not pending."""

    def __init__(
        self, message: str, *, reason: str, interrupt_ids: Sequence[str] = (), pending_ids: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.interrupt_ids = tuple(interrupt_ids)
        self.pending_ids = tuple(pending_ids)


def is_invalid_resume(error: BaseException) -> bool:
    """Whether `error` says that a resume did not fit the pending interrupts."""
    return isinstance(error, UnknownInterruptError)
