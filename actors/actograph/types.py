"""The values that users hand to a graph and get from it: commands, interrupts, policies, snapshots, stream parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    NamedTuple,
    TypeVar,
    final,
)

from actograph.checkpoint.base import BaseCheckpointSaver, CheckpointMetadata, RunnableConfig
from actograph.checkpoint.serde.registry import register_builtin
from actograph.constants import INTERRUPT
from actograph.engine.current import current_task
from actograph.engine.streams import parts
from actograph.engine.streams.parts import (
    CheckpointPayload,
    CheckpointStreamPart,
    CheckpointTask,
    CustomStreamPart,
    DebugPayload,
    DebugStreamPart,
    MessagesStreamPart,
    PregelExecutableTask,
    StreamPart,
    TaskPayload,
    TaskResultPayload,
    TasksStreamPart,
    UpdatesStreamPart,
    ValuesStreamPart,
)

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = (
    "All",
    "CachePolicy",
    "CheckpointPayload",
    "CheckpointStreamPart",
    "CheckpointTask",
    "Checkpointer",
    "Command",
    "CustomStreamPart",
    "DebugPayload",
    "DebugStreamPart",
    "Durability",
    "GraphOutput",
    "Interrupt",
    "MessagesStreamPart",
    "Overwrite",
    "PregelExecutableTask",
    "PregelTask",
    "RetryPolicy",
    "Send",
    "StateSnapshot",
    "StateUpdate",
    "StreamMode",
    "StreamPart",
    "StreamWriter",
    "TaskPayload",
    "TaskResultPayload",
    "TasksStreamPart",
    "TimeoutPolicy",
    "TracePolicy",
    "UpdatesStreamPart",
    "ValuesStreamPart",
    "ainterrupt",
    "default_retry_on",
    "ensure_valid_checkpointer",
    "interrupt",
    "omit_payload",
)

All = Literal["*"]
"""Every node, where node names are asked for."""

StreamMode = Literal["values", "updates", "checkpoints", "tasks", "debug", "messages", "custom"]
"""What a stream shows: the state after each superstep, each task's update, what nodes write themselves, and so on."""

StreamWriter = Callable[[Any], None]
"""Sends one chunk to readers of `stream_mode="custom"`."""

Durability = Literal["sync", "async", "exit"]
"""When a checkpoint is stored: before the next superstep, while it runs, or once at the end of the run."""

Checkpointer = None | bool | BaseCheckpointSaver[Any]
"""A saver; `True` for a sub-graph with memory of its own; `False` for none; `None` to inherit the parent's."""

N = TypeVar("N", bound=Hashable)


def ensure_valid_checkpointer(checkpointer: Checkpointer) -> Checkpointer:
    """`checkpointer` itself. Raises TypeError, naming what was given, when it is neither a saver, a bool nor None."""
    if checkpointer is None or isinstance(checkpointer, bool | BaseCheckpointSaver):
        return checkpointer
    hint = ""
    if isinstance(checkpointer, type):
        hint = f" {checkpointer.__name__} is a class: pass an instance of it, e.g. `{checkpointer.__name__}()`."
    elif hasattr(checkpointer, "__enter__") or hasattr(checkpointer, "__aenter__"):
        hint = " It is a context manager: enter it first, e.g. `with SqliteSaver.from_conn_string(...) as saver`."
    raise TypeError(
        f"checkpointer must be a saver (a subclass of BaseCheckpointSaver), True, False or None, not {type(checkpointer).__name__}.{hint}"
    )


def default_retry_on(exc: Exception) -> bool:
    """Whether a failure may pass by itself: not so for programming errors, and of HTTP answers only for 5xx."""
    if isinstance(exc, ConnectionError):
        return True
    if isinstance(
        exc,
        ValueError
        | TypeError
        | ArithmeticError
        | ImportError
        | LookupError
        | NameError
        | SyntaxError
        | RuntimeError
        | ReferenceError
        | StopIteration
        | StopAsyncIteration
        | OSError,
    ):
        return False
    # httpx and requests, found by what they are rather than by importing them.
    if type(exc).__module__.partition(".")[0] in ("httpx", "requests") and type(exc).__name__ in (
        "HTTPStatusError",
        "HTTPError",
    ):
        response = getattr(exc, "response", None)
        status = getattr(response, "status_code", None)
        return status is None or 500 <= status < 600
    return True


class RetryPolicy(NamedTuple):
    """How a failing node is tried again. Times are in seconds."""

    initial_interval: float = 0.5
    """Wait before the second attempt."""
    backoff_factor: float = 2.0
    """By what each wait is longer than the one before."""
    max_interval: float = 128.0
    """Longest wait."""
    max_attempts: int = 3
    """Attempts in all, the first one included."""
    jitter: bool = True
    """Add up to a second at random, so that many do not come back at once."""
    retry_on: type[Exception] | Sequence[type[Exception]] | Callable[[Exception], bool] = default_retry_on
    """Which failures are tried again: a type, some types, or a predicate."""


def default_cache_key(*args: Any, **kwargs: Any) -> str | bytes:
    """Key of a cached call: a digest of its arguments, encoded as they would be stored, so equal arguments give equal keys.

    Raises UnserializableTypeError, naming the type and where it is, for an argument that could not be stored.
    """
    from hashlib import blake2b

    return blake2b(_key_encoder()((args, kwargs)), digest_size=16).hexdigest()


@cache
def _key_encoder() -> Callable[[Any], bytes]:
    from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer

    serde = JsonPlusSerializer(types="loaded")
    return lambda value: serde.dumps_typed(value)[1]


KeyFuncT = TypeVar("KeyFuncT", bound=Callable[..., str | bytes])


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CachePolicy(Generic[KeyFuncT]):
    """When a node's result may be taken from the cache."""

    key_func: KeyFuncT = default_cache_key  # type: ignore[assignment]
    """Makes the key from the node's input."""
    ttl: int | None = None
    """Seconds an entry is good for; None for ever."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TimeoutPolicy:
    """Limits on one attempt of an async node."""

    run_timeout: float | timedelta | None = None
    """Longest time, in seconds, an attempt may take."""
    idle_timeout: float | timedelta | None = None
    """Longest time, in seconds, an attempt may be silent."""
    refresh_on: Literal["auto", "heartbeat"] = "auto"
    """What counts as a sign of life: any output, or `runtime.heartbeat()` only."""

    @classmethod
    def coerce(cls, value: float | timedelta | TimeoutPolicy | None) -> TimeoutPolicy | None:
        """`value` as a policy with its limits in seconds: a number or timedelta is a run timeout. None when it limits nothing.

        Raises ValueError for a limit that is not above 0 and for an unknown `refresh_on`.
        """
        if value is None:
            return None
        policy = value if isinstance(value, TimeoutPolicy) else cls(run_timeout=value)
        if policy.refresh_on not in ("auto", "heartbeat"):
            raise ValueError(f"TimeoutPolicy(refresh_on={policy.refresh_on!r}): choose 'auto' or 'heartbeat'")
        run, idle = _seconds("run_timeout", policy.run_timeout), _seconds("idle_timeout", policy.idle_timeout)
        if run is None and idle is None:
            return None
        return cls(run_timeout=run, idle_timeout=idle, refresh_on=policy.refresh_on)


def _seconds(name: str, limit: float | timedelta | None) -> float | None:
    if limit is None:
        return None
    span: Any = limit
    seconds = float(span.total_seconds() if hasattr(span, "total_seconds") else span)
    if seconds <= 0:
        raise ValueError(f"{name} is {seconds} s: it must be above 0")
    return seconds


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TracePolicy:
    """What traces of a node show of its input and output. The node itself is given, and returns, what it would without one."""

    process_inputs: Callable[[Any], Any] | None = None
    """Makes what is recorded of the node's input."""
    process_outputs: Callable[[Any], Any] | None = None
    """Makes what is recorded of the node's output."""


def omit_payload(_value: Any) -> dict[str, Any]:
    """For a `TracePolicy`: record nothing of the value."""
    return {}


class Send:
    """One call of a node in the next superstep, with an input of its own instead of the state.

    Return it from a conditional edge, or in `Command(goto=...)`; several make a fan-out.
    """

    __slots__ = ("arg", "node", "timeout")

    node: str
    arg: Any
    timeout: TimeoutPolicy | None

    def __init__(self, /, node: str, arg: Any, *, timeout: float | timedelta | TimeoutPolicy | None = None) -> None:
        self.node = node
        self.arg = arg
        self.timeout = TimeoutPolicy.coerce(timeout)

    def __hash__(self) -> int:
        return hash((self.node, repr(self.arg)))

    def __repr__(self) -> str:
        extra = "" if self.timeout is None else f", timeout={self.timeout!r}"
        return f"Send(node={self.node!r}, arg={self.arg!r}{extra})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Send) and (self.node, self.arg, self.timeout) == (other.node, other.arg, other.timeout)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Command(Generic[N]):
    """What a node returns to update the state and choose where to go, or what a caller passes to resume a paused thread."""

    graph: str | None = None
    """The graph it is for: None for the current one, `Command.PARENT` for the nearest parent."""
    update: Any | None = None
    """Update of the state: a dict, pairs of key and value, or an object with annotated fields."""
    resume: dict[str, Any] | Any | None = None
    """The answer to the pending interrupt, or answers by interrupt id."""
    goto: Send | Sequence[Send | N] | N = ()
    """A node, a `Send`, or several of them, to run next."""

    PARENT: ClassVar[Literal["__parent__"]] = "__parent__"

    def __repr__(self) -> str:
        shown = (
            f"{f.name}={value!r}"
            for f in dataclasses.fields(self)
            if (value := getattr(self, f.name)) not in (None, ())
        )
        return f"Command({', '.join(shown)})"


@final
@dataclasses.dataclass(init=False, slots=True)
class Interrupt:
    """A question that paused a task."""

    value: Any
    """What was asked, as given to `interrupt()`."""
    id: str
    """Names this question; a resume map answers by it."""
    response_schema: Any | None = None
    """What an answer should look like, if the node said so."""

    def __init__(
        self,
        value: Any,
        id: str = "placeholder-id",
        *,
        response_schema: Any | None = None,
        **deprecated_kwargs: Any,
    ) -> None:
        """`ns`, the parts of a namespace, gives the id in programs of older versions; what else those passed is ignored."""
        self.value = value
        namespace = deprecated_kwargs.get("ns")
        self.id = id if namespace is None else interrupt_id("|".join(namespace), 0)
        self.response_schema = response_schema

    @classmethod
    def from_ns(cls, value: Any, ns: str, *, response_schema: Any | None = None) -> Interrupt:
        """An interrupt whose id is derived from a namespace."""
        return cls(value, interrupt_id(ns, 0), response_schema=response_schema)

    @property
    def interrupt_id(self) -> str:
        """The id, under its earlier name."""
        return self.id


def interrupt_id(task_ns: str, which: int | str) -> str:
    """Id of a question: from the namespace of its task, and its index in the node or its key. 32 hexadecimal digits."""
    from hashlib import blake2b

    # An index and a key of the same text must not meet.
    return blake2b(
        f"{task_ns}\0{type(which).__name__}\0{which}".encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()


@dataclasses.dataclass(slots=True)
class Overwrite:
    """Returned from a node as the value of a key: replaces what the key's reducer has collected."""

    value: Any
    type: Literal["__overwrite__"] = "__overwrite__"


class StateUpdate(NamedTuple):
    """One update of `bulk_update_state`."""

    values: dict[str, Any] | None
    as_node: str | None = None
    task_id: str | None = None


class PregelTask(NamedTuple):
    """A task of a checkpoint, as `StateSnapshot.tasks` shows it."""

    id: str
    name: str
    path: tuple[str | int | tuple[Any, ...], ...]
    error: Exception | str | None = None
    interrupts: tuple[Interrupt, ...] = ()
    state: Any = None
    """None, the config of a sub-graph's state, or that state's snapshot."""
    result: Any | None = None


class StateSnapshot(NamedTuple):
    """The state of a thread at one checkpoint."""

    values: dict[str, Any] | Any
    next: tuple[str, ...]
    """The nodes that would run next."""
    config: RunnableConfig
    """Leads back to this checkpoint: pass it to `invoke`, `get_state` or `update_state`."""
    metadata: CheckpointMetadata | None
    created_at: str | None
    parent_config: RunnableConfig | None
    tasks: tuple[PregelTask, ...]
    interrupts: tuple[Interrupt, ...]
    """What waits for an answer."""


OutputT = TypeVar("OutputT")


@dataclasses.dataclass(frozen=True)
class GraphOutput(Generic[OutputT]):
    """What `invoke(version="v2")` returns."""

    value: OutputT
    """The output: as the output schema says, when that is a dataclass or a Pydantic model."""
    interrupts: tuple[Interrupt, ...] = ()
    """What the run waits for, if it paused."""

    def __getitem__(self, key: str) -> Any:
        """A key of the value, or `__interrupt__`: deprecated, for code written for the dict that version "v1" returns."""
        _warn_of_access(f"output[{key!r}]")
        return self.interrupts if key == INTERRUPT else self.value[key]  # type: ignore[index]

    def __contains__(self, key: object) -> bool:
        """Whether the value has a key: deprecated, like `output[key]`."""
        _warn_of_access(f"{key!r} in output")
        return bool(self.interrupts) if key == INTERRUPT else key in self.value  # type: ignore[operator]


def _warn_of_access(form: str) -> None:
    import warnings

    warnings.warn(
        f"{form} on a GraphOutput is deprecated: use output.value, or output.interrupts",
        DeprecationWarning,
        stacklevel=3,
    )


# The types of chunks are written in terms of these, and cannot import them.
for _of_chunks in (Interrupt, RetryPolicy, StateSnapshot, TimeoutPolicy):
    setattr(parts, _of_chunks.__name__, _of_chunks)


def interrupt(value: Any, *, key: str | None = None, response_schema: Any | None = None) -> Any:
    """Ask the caller of the graph, and return the answer.

    The first call pauses the run: `invoke` returns with `__interrupt__`, holding `value`. When the thread is resumed with
    `Command(resume=answer)`, the node runs again from its first line, and this call returns the answer. Several calls in one node are
    matched with their answers by order, or by `key`. Needs a checkpointer to be resumed. In async code, `ainterrupt` goes on in place.

    Raises GraphInterrupt, which is not an `Exception`: let it pass.
    """
    return current_task("interrupt()").interrupt(value, key, response_schema)


async def ainterrupt(value: Any, *, key: str | None = None, response_schema: Any | None = None) -> Any:
    """Ask the caller of the graph, and wait for the answer in place.

    Like `interrupt`, but the coroutine itself is suspended: if the answer comes while this process still holds it, and nothing else
    about the thread has changed, the node continues from this line and nothing before it runs twice. Otherwise (another process, a
    closed loop, an update of the state in between) the node runs again from its first line, as with `interrupt`; so a `finally` around
    it may run twice. Questions that one task asks at the same time need a `key` each.

    Raises TaskEvicted (a CancelledError) inside a node that is given up.
    """
    return await current_task("ainterrupt()").ainterrupt(value, key, response_schema)


_FIELDS: Final = {
    Send: ("node", "arg", "timeout"),
    Command: ("graph", "update", "resume", "goto"),
    Interrupt: ("value", "id", "response_schema"),
    Overwrite: ("value",),
    TimeoutPolicy: ("run_timeout", "idle_timeout", "refresh_on"),
}


def _register() -> None:
    def writer(fields: tuple[str, ...]) -> Callable[[Any], list[Any]]:
        return lambda value: [getattr(value, name) for name in fields]

    register_builtin(Send, "actograph.Send", writer(_FIELDS[Send]), lambda f: Send(f[0], f[1], timeout=f[2]))
    register_builtin(
        Command,
        "actograph.Command",
        writer(_FIELDS[Command]),
        lambda f: Command(graph=f[0], update=f[1], resume=f[2], goto=f[3]),
    )
    register_builtin(
        Interrupt,
        "actograph.Interrupt",
        writer(_FIELDS[Interrupt]),
        lambda f: Interrupt(f[0], f[1], response_schema=f[2]),
    )
    register_builtin(Overwrite, "actograph.Overwrite", writer(_FIELDS[Overwrite]), lambda f: Overwrite(f[0]))
    register_builtin(
        TimeoutPolicy,
        "actograph.TimeoutPolicy",
        writer(_FIELDS[TimeoutPolicy]),
        lambda f: TimeoutPolicy(run_timeout=f[0], idle_timeout=f[1], refresh_on=f[2]),
    )


_register()
