"""What becomes of a node's policies in its plan: retries, limits, caching, error handler, traces."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from hashlib import blake2b
from types import CodeType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from actograph.constants import CACHE_NS
from actograph.engine.node import NO_RETRY, NodeSupervisor
from actograph.engine.plan import Plan
from actograph.engine.policies.caching import Caching
from actograph.errors import ParentCommand
from actograph.graph.action import name_of
from actograph.types import CachePolicy, RetryPolicy, TimeoutPolicy, TracePolicy, default_cache_key

if TYPE_CHECKING:
    from actograph.graph.action import Action

KeyFunc = Callable[[Any], str | bytes]


def policed(
    action: Action,
    name: str,
    kind: str = "node",
    *,
    retry: RetryPolicy | Sequence[RetryPolicy] | None = None,
    cache: CachePolicy[Any] | None = None,
    timeout: float | timedelta | TimeoutPolicy | None = None,
    handler: str | None = None,
    trace: TracePolicy | None = None,
    key_of: Callable[[CachePolicy[Any]], KeyFunc] | None = None,
) -> dict[str, Any]:
    """The fields of a `NodePlan` that its policies make.

    Parameters:
        action: the code that the plan runs.
        name, kind: of what is planned, for errors and for the cache.
        handler: name of the node that runs when this one has failed for good.
        key_of: makes the function from input to cache key; by default the policy's own is given the input.

    Raises TypeError for a policy that is none, ValueError for a timeout of sync code.
    """
    policies = policies_of(retry)
    return {
        "supervisor": NodeSupervisor(policies) if policies or handler is not None else NO_RETRY,
        "retry": policies,
        "timeout": limits_of(action, timeout, name, kind),
        "caching": None if cache is None else _caching(action, cache, name, kind, key_of),
        "handler": handler,
        "trace": _trace(trace, name, kind),
    }


def policies_of(given: RetryPolicy | Sequence[RetryPolicy] | None) -> tuple[RetryPolicy, ...]:
    """Retry policies as a tuple; a command for a parent graph is no failure, and not tried again."""
    if given is None:
        return ()
    policies = tuple(given) if isinstance(given, Iterable) and not isinstance(given, RetryPolicy) else (given,)
    for policy in policies:
        if not isinstance(policy, RetryPolicy):
            raise TypeError(f"retry_policy must be a RetryPolicy or several of them, not {type(policy).__name__}")
    return tuple(policy._replace(retry_on=_unless_parent(policy.retry_on)) for policy in policies)


def _unless_parent(retry_on: Any) -> Callable[[Exception], bool]:
    if callable(retry_on) and not isinstance(retry_on, type):
        return lambda error: not isinstance(error, ParentCommand) and bool(retry_on(error))
    kinds = (retry_on,) if isinstance(retry_on, type) else tuple(retry_on)
    for kind in kinds:
        if not isinstance(kind, type):
            raise TypeError(
                f"RetryPolicy(retry_on=...) takes exception classes or a function of the error, not {kind!r}"
            )
    return lambda error: not isinstance(error, ParentCommand) and isinstance(error, kinds)


def limits_of(
    action: Action, timeout: float | timedelta | TimeoutPolicy | None, name: str, kind: str = "node"
) -> TimeoutPolicy | None:
    """Limits on one attempt, in seconds. Raises ValueError for limits on sync code, which nothing could stop."""
    policy = TimeoutPolicy.coerce(timeout)
    if policy is not None and not action.is_async:
        raise ValueError(
            f"{kind} {name!r} is sync, and sync code cannot be stopped by a timeout: make it `async def`, or leave timeout= out"
        )
    return policy


def _caching(
    action: Action,
    policy: CachePolicy[Any],
    name: str,
    kind: str,
    key_of: Callable[[CachePolicy[Any]], KeyFunc] | None,
) -> Caching:
    if not isinstance(policy, CachePolicy):
        raise TypeError(f"cache_policy of {kind} {name!r} must be a CachePolicy, not {type(policy).__name__}")
    key: KeyFunc = policy.key_func if key_of is None else key_of(policy)
    return Caching((CACHE_NS, identity_of(action.target), name), key, policy.ttl)


def _trace(policy: TracePolicy | None, name: str, kind: str) -> TracePolicy | None:
    if policy is not None and not isinstance(policy, TracePolicy):
        raise TypeError(f"trace_policy of {kind} {name!r} must be a TracePolicy, not {type(policy).__name__}")
    return policy


def identity_of(target: Any) -> str:
    """Names a piece of user code, the same in every process that has it, and another for other code: a result is not taken for that of a
    function that was changed, or of a lambda elsewhere in the module."""
    if isinstance(target, functools.partial):
        return f"{identity_of(target.func)}({_value(target.args, target.keywords)})"
    if not isinstance(target, type) and inspect.isroutine(target):
        name = f"{target.__module__}.{target.__qualname__}"
        code = getattr(inspect.unwrap(target), "__code__", None)
        return name if code is None else f"{name}#{_digest(code).hexdigest()}"
    kind = target if isinstance(target, type) else type(target)
    name = f"{kind.__module__}.{kind.__qualname__}"
    plan = getattr(target, "plan", None)
    if isinstance(plan, Plan):
        return f"{name}({plan.name}: {', '.join(plan.nodes)})"
    return name if isinstance(target, type) else f"{name}({name_of(target)})"


def _value(*values: Any) -> str:
    try:
        return str(default_cache_key(*values))
    except TypeError:
        return uuid4().hex  # nobody can tell whether it is the same: it shares nothing


def _digest(code: CodeType) -> Any:
    digest = blake2b(code.co_code, digest_size=8)
    for part in (code.co_names, *code.co_consts):
        if isinstance(part, CodeType):
            digest.update(_digest(part).digest())
        else:
            # The order of a set of texts differs from process to process.
            shown = sorted(map(repr, part)) if isinstance(part, frozenset) else part
            digest.update(repr(shown).encode("utf-8", "replace"))
    return digest
