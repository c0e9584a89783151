"""Which items a filter lets through, and which namespaces a path matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actograph.store.base.ops import MatchCondition

_ORDER = {
    "$gt": lambda one, other: one > other,
    "$gte": lambda one, other: one >= other,
    "$lt": lambda one, other: one < other,
    "$lte": lambda one, other: one <= other,
}


def passes(value: Mapping[str, Any], filter: Mapping[str, Any]) -> bool:
    """Whether an item with this value passes. Raises ValueError for an unknown operator, or one with an operand that has no order."""
    return all(_fits(value.get(key), wanted, key) for key, wanted in filter.items())


def _fits(value: Any, wanted: Any, key: str) -> bool:
    if isinstance(wanted, Mapping):
        if any(isinstance(inner, str) and inner.startswith("$") for inner in wanted):
            return all(_holds(value, operator, operand, key) for operator, operand in wanted.items())
        return isinstance(value, Mapping) and all(
            _fits(value.get(inner), of, f"{key}.{inner}") for inner, of in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(wanted)
            and all(_fits(one, of, key) for one, of in zip(value, wanted, strict=True))
        )
    return bool(value == wanted)


def _holds(value: Any, operator: str, operand: Any, key: str) -> bool:
    if operator == "$eq":
        return bool(value == operand)
    if operator == "$ne":
        return bool(value != operand)
    compare = _ORDER.get(operator)
    if compare is None:
        raise ValueError(f"filter on {key!r} has the operator {operator!r}; there are $eq, $ne, {', '.join(_ORDER)}")
    number = _number(operand)
    if number is None and not isinstance(operand, str):
        raise ValueError(f"filter on {key!r}: {operator} compares with a number or a text, not with {operand!r}")
    # What has no order with the operand does not pass: one item of another kind must not spoil the search.
    own = _number(value)
    if own is not None and number is not None:
        return bool(compare(own, number))
    return isinstance(value, str) and isinstance(operand, str) and bool(compare(value, operand))


def _number(value: Any) -> float | int | None:
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None


def matches(namespace: Sequence[str], condition: MatchCondition) -> bool:
    """Whether a namespace begins, or ends, as the condition says. Raises ValueError for another kind of condition."""
    kind, path = condition
    if kind not in ("prefix", "suffix"):
        raise ValueError(f"namespaces are matched by 'prefix' or 'suffix', not by {kind!r}")
    if len(path) > len(namespace):
        return False
    part = namespace[: len(path)] if kind == "prefix" else namespace[len(namespace) - len(path) :]
    return all(wanted in ("*", label) for label, wanted in zip(part, path, strict=True))
