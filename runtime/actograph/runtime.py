"""What a run hands to its nodes: context, store, stream writer, and where the node stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, overload, runtime_checkable

from actograph.engine.calls.call import previous_of
from actograph.engine.current import current_task
from actograph.typing import ContextT

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.types import StreamWriter

__all__ = ("BaseUser", "ExecutionInfo", "RunControl", "Runtime", "ServerInfo", "get_runtime")


@runtime_checkable
class BaseUser(Protocol):
    """The user on whose behalf a server runs a graph."""

    @property
    def is_authenticated(self) -> bool:
        """Whether the server knows who this is."""
        ...

    @property
    def display_name(self) -> str:
        """A name for people."""
        ...

    @property
    def identity(self) -> str:
        """The name that is unique."""
        ...

    @property
    def permissions(self) -> Any:
        """What the user may do."""
        ...

    def __getitem__(self, key: str) -> Any: ...

    def __contains__(self, key: object) -> bool: ...

    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class ExecutionInfo:
    """Which execution of a node this is."""

    checkpoint_id: str
    """The checkpoint that the superstep starts from."""
    checkpoint_ns: str
    """Namespace of what runs inside the node: `name:task_id`, behind those of its parents."""
    task_id: str
    """The same whenever the same checkpoint is continued, so it can serve as an idempotency key."""
    thread_id: str | None = None
    run_id: str | None = None
    node_attempt: int = 1
    """Attempts begun under the retry policy, this one included."""
    node_first_attempt_time: float | None = None
    """Seconds since the epoch."""

    def patch(self, **overrides: Any) -> ExecutionInfo:
        """A copy with some fields replaced."""
        return replace(self, **overrides)


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """Which deployment runs the graph; set by servers."""

    assistant_id: str
    graph_id: str
    user: BaseUser | None = None


class RunControl:
    """Asks a run, from outside, to stop between two supersteps."""

    __slots__ = ("_reason",)

    def __init__(self) -> None:
        self._reason: str | None = None

    def request_drain(self, reason: str = "shutdown") -> None:
        """Ask the run to stop when its current superstep has ended; the last reason given counts. From any thread."""
        self._reason = reason

    @property
    def drain_requested(self) -> bool:
        """Whether a stop was asked for."""
        return self._reason is not None

    @property
    def drain_reason(self) -> str | None:
        """Why, if it was."""
        return self._reason


def _no_op_stream_writer(_: Any) -> None:
    """Outside of a run nobody reads."""


def _no_op_heartbeat() -> None:
    """Without an idle timeout no sign of life is needed."""


class _OfTask:
    __slots__ = ("_task",)
    _task: Task


@dataclass(kw_only=True, slots=True, frozen=True)
class Runtime(_OfTask, Generic[ContextT]):
    """What a node sees of its run; a node that has a parameter `runtime` is given it."""

    context: ContextT = None  # type: ignore[assignment]
    """What the caller passed as `context=`."""
    store: Any = None
    """The store the graph was compiled with."""
    stream_writer: StreamWriter = _no_op_stream_writer
    """Sends to readers of `stream_mode="custom"`."""
    heartbeat: Callable[[], None] = _no_op_heartbeat
    """Sign of life, for nodes with an idle timeout."""
    previous: Any = None
    """What the thread's last run returned (functional API)."""
    execution_info: ExecutionInfo | None = None
    server_info: ServerInfo | None = None
    control: RunControl | None = None

    def __getattr__(self, name: str) -> Any:
        # Fields of a task's runtime are left unset and looked up here, since another run may take the task over where it waits.
        make = _FROM_TASK.get(name)
        if make is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return make(self._task)

    @property
    def drain_requested(self) -> bool:
        """Whether the run was asked to stop."""
        return self.control is not None and self.control.drain_requested

    @property
    def drain_reason(self) -> str | None:
        """Why the run was asked to stop."""
        return None if self.control is None else self.control.drain_reason

    def merge(self, other: Runtime[ContextT]) -> Runtime[ContextT]:
        """This runtime, with what `other` has set in its place."""
        return Runtime(
            context=self.context if other.context is None else other.context,
            store=self.store if other.store is None else other.store,
            stream_writer=self.stream_writer if other.stream_writer is _no_op_stream_writer else other.stream_writer,
            heartbeat=self.heartbeat if other.heartbeat is _no_op_heartbeat else other.heartbeat,
            previous=self.previous if other.previous is None else other.previous,
            execution_info=other.execution_info or self.execution_info,
            server_info=other.server_info or self.server_info,
            control=other.control or self.control,
        )

    def override(self, **overrides: Any) -> Runtime[ContextT]:
        """A copy with some fields replaced."""
        return replace(self, **overrides)

    def patch_execution_info(self, **overrides: Any) -> Runtime[ContextT]:
        """A copy with some fields of `execution_info` replaced. Raises RuntimeError when that is not set."""
        if self.execution_info is None:
            raise RuntimeError("this runtime has no execution_info to patch: it belongs to no running node")
        return replace(self, execution_info=self.execution_info.patch(**overrides))


def _execution_info(task: Task) -> ExecutionInfo:
    run = task.run
    launch = run.launch
    if task.started_at is None:
        task.started_at = time.time()
    return ExecutionInfo(
        checkpoint_id=run.origin,
        checkpoint_ns=task.checkpoint_ns,
        task_id=task.id,
        thread_id=launch.config.get("configurable", {}).get("thread_id"),
        run_id=launch.run_id,
        node_attempt=task.attempt or 1,
        node_first_attempt_time=task.started_at,
    )


def control_of(task: Task) -> RunControl:
    """The control of a task's run: the one that its caller gave, or one made when it is first asked for."""
    launch = task.run.launch
    control: RunControl | None = launch.control
    if control is None:
        control = launch.control = RunControl()
    return control


_FROM_TASK: dict[str, Callable[[Task], Any]] = {
    "context": lambda task: task.run.launch.context,
    "store": lambda task: task.run.launch.store,
    "stream_writer": lambda task: task.emit,
    "heartbeat": lambda task: task.heartbeat,
    "previous": previous_of,
    "execution_info": _execution_info,
    "server_info": lambda _: None,
    "control": control_of,
}


class Scope:
    """What was made for one task when it was first asked for."""

    __slots__ = ("config", "run", "runtime", "trace")

    def __init__(self) -> None:
        self.config: dict[str, Any] | None = None
        self.run: Any = None
        """The run that `config` was made in."""
        self.runtime: Runtime[Any] | None = None
        self.trace: Any = None
        """What tells callbacks of the task."""


def scope_of(task: Task) -> Scope:
    """The task's scope, made at first use."""
    scope: Scope | None = task.memo
    if scope is None:
        scope = task.memo = Scope()
    return scope


def runtime_of(task: Task) -> Runtime[Any]:
    """The runtime of a task: one object for all who ask."""
    scope = scope_of(task)
    if scope.runtime is None:
        runtime: Runtime[Any] = object.__new__(Runtime)
        object.__setattr__(runtime, "_task", task)
        scope.runtime = runtime
    return scope.runtime


@overload
def get_runtime(context_schema: type[ContextT]) -> Runtime[ContextT]: ...
@overload
def get_runtime(context_schema: None = None) -> Runtime[Any]: ...
def get_runtime(context_schema: type[ContextT] | None = None) -> Runtime[ContextT]:
    """The runtime of the node that is running. `context_schema` is for type checkers only.

    Raises RuntimeError outside of a run.
    """
    return runtime_of(current_task("get_runtime()"))
