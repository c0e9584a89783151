"""`@task`: functions whose calls are recorded, so that a workflow that runs again does not repeat them."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast, overload
from weakref import ref

from actograph.constants import RETURN
from actograph.engine.calls.call import make_call
from actograph.engine.calls.delivery import CallFuture as SyncAsyncFuture
from actograph.engine.current import TASK
from actograph.engine.plan import NodePlan
from actograph.func.injection import TaskAction
from actograph.graph.node import segments_of
from actograph.graph.policies import policed
from actograph.types import CachePolicy, RetryPolicy, TimeoutPolicy

if TYPE_CHECKING:
    from actograph.engine.task import Task

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")


class TaskFunction(Generic[P, T]):
    """What `@task` makes of a function: calling it inside a run begins a call and returns its future."""

    def __init__(
        self,
        func: Callable[P, Awaitable[T]] | Callable[P, T],
        *,
        name: str | None = None,
        retry_policy: Sequence[RetryPolicy] = (),
        cache_policy: CachePolicy[Any] | None = None,
        timeout: TimeoutPolicy | None = None,
    ) -> None:
        action = TaskAction(func)
        if name is not None:
            action.name = name
        self.func = func
        self.name = action.name
        self.retry_policy = retry_policy
        self.cache_policy = cache_policy
        self.timeout = timeout
        self.returns = action.returns
        """The annotation of the result, if it can be resolved."""
        self._joined: ref[Any] | None = None
        """The saver that was last told of it."""
        self.plan = NodePlan(
            name=self.name,
            triggers=(),
            read=lambda _: None,
            segments=segments_of(action, None, _return, ()),
            **policed(
                action, self.name, "task", retry=retry_policy, cache=cache_policy, timeout=timeout, key_of=_key_of
            ),
            threaded=True,
            code=func,
        )
        functools.update_wrapper(self, func)
        if name is not None:
            self.__name__ = name

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> SyncAsyncFuture[T]:
        """Begin a call. Returns a future: await it in async code, take its `result()` in sync code.

        Raises RuntimeError outside of a running entrypoint, graph or task.
        """
        caller = TASK.get()
        if caller is None:
            raise RuntimeError(
                f"task {self.name!r} was called outside of a running graph: call it from an @entrypoint, a node or another task, while "
                "that runs; the plain function is its attribute `func`"
            )
        self._join_types(caller)
        return cast("SyncAsyncFuture[T]", make_call(caller, self.plan, (args, kwargs)))

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> TaskFunction[P, T]: ...
    @overload
    def __get__(
        self: TaskFunction[Concatenate[Any, Q], T], instance: object, owner: type[Any] | None = None
    ) -> Callable[Q, SyncAsyncFuture[T]]: ...
    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        """As a method: the instance is the first argument of a call."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<task {self.name!r}>"

    def _join_types(self, caller: Task) -> None:
        """Tell the run's saver what it has to restore, at the first call that it stores."""
        saver = caller.run.launch.saver
        if saver is None or self.returns is None or (self._joined is not None and self._joined() is saver):
            return
        join_types = getattr(saver, "join_types", None)
        if join_types is not None:
            join_types({RETURN: self.returns})
            self._joined = ref(saver)

    def clear_cache(self, cache: Any) -> None:
        """Forget the results that `cache` holds of this task."""
        if self.plan.caching is not None:
            cache.clear((self.plan.caching.namespace,))

    async def aclear_cache(self, cache: Any) -> None:
        """Forget the results that `cache` holds of this task."""
        if self.plan.caching is not None:
            await cache.aclear((self.plan.caching.namespace,))


def _key_of(policy: CachePolicy[Any]) -> Callable[[Any], str | bytes]:
    """The key of a call: of its arguments."""
    key: Callable[..., str | bytes] = policy.key_func
    return lambda given: key(*given[0], **given[1])


def _return(task: Task, result: Any) -> None:
    task.writes.append((RETURN, result))


class _Decorator(Protocol):
    """Makes tasks, with the options that were given."""

    @overload
    def __call__(self, function: Callable[P, Awaitable[T]], /) -> TaskFunction[P, T]: ...
    @overload
    def __call__(self, function: Callable[P, T], /) -> TaskFunction[P, T]: ...


@overload
def task(
    __func_or_none__: None = None,
    *,
    name: str | None = None,
    retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
    cache_policy: CachePolicy[Any] | None = None,
    timeout: float | timedelta | TimeoutPolicy | None = None,
    **kwargs: Any,
) -> _Decorator: ...
@overload
def task(__func_or_none__: Callable[P, Awaitable[T]]) -> TaskFunction[P, T]: ...
@overload
def task(__func_or_none__: Callable[P, T]) -> TaskFunction[P, T]: ...
def task(
    __func_or_none__: Callable[P, Awaitable[T]] | Callable[P, T] | None = None,
    *,
    name: str | None = None,
    retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
    cache_policy: CachePolicy[Any] | None = None,
    timeout: float | timedelta | TimeoutPolicy | None = None,
    **kwargs: Any,
) -> _Decorator | TaskFunction[P, T]:
    """Make a function a task, with or without arguments: `@task` or `@task(name="fetch")`.

    A call of a task begins to run at once, beside its caller, and returns a future. Its result is stored when it has ended: a workflow
    that is resumed, or run again after a failure, gets the stored result instead of a second call, matched by the order of the calls.

    Parameters:
        name: shown in streams; the function's name by default.
        retry_policy: one or several; the first that matches an error says how often to try again.
        cache_policy: keeps results in the cache of the graph, across threads.
        timeout: seconds, or a `TimeoutPolicy`, for one attempt; only for async functions.

    Raises ValueError for a timeout on a sync function, TypeError for an unknown argument.
    """
    if "retry" in kwargs:
        warnings.warn("task(retry=...) is now retry_policy=", DeprecationWarning, stacklevel=2)
        old = kwargs.pop("retry")
        retry_policy = old if retry_policy is None else retry_policy
    if kwargs:
        raise TypeError(f"task() got an unexpected keyword argument {next(iter(kwargs))!r}")
    policies = (
        ()
        if retry_policy is None
        else (retry_policy,)
        if isinstance(retry_policy, RetryPolicy)
        else tuple(retry_policy)
    )

    def decorate(function: Callable[P, Awaitable[T]] | Callable[P, T]) -> TaskFunction[P, T]:
        return TaskFunction(
            function,
            name=name,
            retry_policy=policies,
            cache_policy=cache_policy,
            timeout=TimeoutPolicy.coerce(timeout),
        )

    return cast(_Decorator, decorate) if __func_or_none__ is None else decorate(__func_or_none__)
