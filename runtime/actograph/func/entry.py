"""`@entrypoint`: a function as a graph of one node."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin

from actograph.channels import EphemeralValue, LastValue
from actograph.channels.base import MISSING
from actograph.constants import END, PREVIOUS, RETURN, START
from actograph.engine.plan import NodePlan, Plan
from actograph.graph.action import Action
from actograph.graph.hints import function_hint
from actograph.graph.node import after_of, segments_of
from actograph.graph.observed import observed_work
from actograph.graph.policies import policed
from actograph.graph.referenced import referenced_tasks
from actograph.pregel.main import Pregel
from actograph.types import CachePolicy, RetryPolicy, TimeoutPolicy

if TYPE_CHECKING:
    from actograph.checkpoint.base import BaseCheckpointSaver
    from actograph.engine.task import Task

R = TypeVar("R")
S = TypeVar("S")


class entrypoint:
    """Makes a function of one input a workflow that can be run, streamed, paused and resumed like any graph.

    Used as a decorator with arguments: `@entrypoint(checkpointer=...)`. The function takes its input as first parameter, and by name what
    it asks for: `previous` (what the last run on the thread returned or saved), `store`, `writer`, `config`, `runtime`.

    Parameters:
        checkpointer: keeps threads; needed for `previous`, interrupts, and for going on after a failure.
        store, cache: handed to the function and its tasks.
        context_schema: class of what callers pass as `context=`.
        cache_policy: keeps results in `cache`.
        retry_policy: one or several; the function then runs again as they say.
        timeout: seconds, or a `TimeoutPolicy`, for one attempt; only for async functions.
    """

    @dataclass(slots=True)
    class final(Generic[R, S]):
        """What a workflow returns when its thread shall remember something else than its result."""

        value: R
        """The result."""
        save: S
        """What the next run on the thread is given as `previous`."""

    def __init__(
        self,
        checkpointer: BaseCheckpointSaver[Any] | None = None,
        store: Any = None,
        cache: Any = None,
        context_schema: type[Any] | None = None,
        cache_policy: CachePolicy[Any] | None = None,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
        timeout: float | timedelta | TimeoutPolicy | None = None,
        **kwargs: Any,
    ) -> None:
        if "config_schema" in kwargs:
            warnings.warn("entrypoint(config_schema=...) is now context_schema=", DeprecationWarning, stacklevel=2)
            context_schema = kwargs.pop("config_schema") if context_schema is None else context_schema
        if "retry" in kwargs:
            warnings.warn("entrypoint(retry=...) is now retry_policy=", DeprecationWarning, stacklevel=2)
            retry_policy = kwargs.pop("retry") if retry_policy is None else retry_policy
        if kwargs:
            raise TypeError(f"entrypoint() got an unexpected keyword argument {next(iter(kwargs))!r}")
        self.checkpointer = checkpointer
        self.store = store
        self.cache = cache
        self.context_schema = context_schema
        self.cache_policy = cache_policy
        self.retry_policy = retry_policy
        self.timeout = TimeoutPolicy.coerce(timeout)

    def __call__(self, func: Callable[..., Any]) -> Pregel[Any, Any, Any, Any]:
        """The workflow. Raises NotImplementedError for a generator, ValueError for a function without a parameter."""
        if inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func):
            raise NotImplementedError(
                f"entrypoint {getattr(func, '__name__', func)!r} is a generator, which the functional API does not run: return the "
                "result, and send what comes before it with a stream writer"
            )
        action = Action(func)
        input_type = _taken(func, action.name)
        output_type, saved_type = _returned(action.returns)
        plan = self._plan(action, input_type, output_type, saved_type)
        join_types = getattr(self.checkpointer, "join_types", None)
        if join_types is not None:
            join_types(
                {
                    START: input_type,
                    END: output_type,
                    PREVIOUS: saved_type,
                    RETURN: tuple(found.returns for found in referenced_tasks(func) if found.returns is not None),
                }
            )
        graph: Pregel[Any, Any, Any, Any] = Pregel(
            plan=plan,
            checkpointer=self.checkpointer,
            store=self.store,
            cache=self.cache,
            context_schema=self.context_schema,
        )
        graph.stream_mode = "updates"
        return graph

    def _plan(self, action: Action, input_type: Any, output_type: Any, saved_type: Any) -> Plan:
        return Plan(
            name="LangGraph",
            nodes={
                action.name: NodePlan(
                    name=action.name,
                    triggers=(START,),
                    read=_input,
                    segments=segments_of(action, None, _end, ()),
                    observed=observed_work(action, None, _end),
                    **policed(
                        action,
                        action.name,
                        "entrypoint",
                        retry=self.retry_policy,
                        cache=self.cache_policy,
                        timeout=self.timeout,
                    ),
                    threaded=True,
                    after=after_of(_end, ()),
                    code=action.target,
                )
            },
            channels={
                START: EphemeralValue(input_type),
                END: LastValue(output_type),
                PREVIOUS: LastValue(saved_type),
            },
            input_channels=START,
            output_channels=END,
            stream_channels=END,
        )


def _input(channels: Any) -> Any:
    channel = channels[START]
    return channel.get() if channel.is_available() else MISSING


def _end(task: Task, result: Any) -> None:
    if isinstance(result, entrypoint.final):
        task.writes += ((END, result.value), (PREVIOUS, result.save))
    else:
        task.writes += ((END, result), (PREVIOUS, result))


def _taken(func: Any, name: str) -> Any:
    """The type of the input. Raises ValueError for a function that takes none."""
    try:
        parameters = list(inspect.signature(func).parameters.values())
    except (ValueError, TypeError):
        return Any  # a builtin that does not tell
    if not parameters:
        raise ValueError(f"entrypoint {name!r} needs a parameter that takes its input")
    first = parameters[0]
    hint = None if first.annotation is first.empty else function_hint(func, first.name, first.annotation)
    return Any if hint is None else hint


def _returned(annotation: Any) -> tuple[Any, Any]:
    """The types of the result and of what is saved."""
    if annotation is None:
        return Any, Any
    if get_origin(annotation) is entrypoint.final or annotation is entrypoint.final:
        value, save = get_args(annotation) or (Any, Any)
        return value, save
    return annotation, annotation
