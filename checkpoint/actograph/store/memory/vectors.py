"""Cosine similarity, with NumPy where it is installed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any


@cache
def _numpy() -> ModuleType | None:
    try:
        return import_module("numpy")
    except ImportError:
        return None


def unit(vector: Sequence[float]) -> Any:
    """The vector at length 1, as `similarities` wants it; one of length 0 stays as it is."""
    numpy: Any = _numpy()
    if numpy is not None:
        array = numpy.asarray(vector, dtype=float)
        length = float(numpy.linalg.norm(array))
        return array / length if length else array
    numbers = [float(number) for number in vector]
    length = math.sqrt(math.fsum(number * number for number in numbers))
    return [number / length for number in numbers] if length else numbers


def similarities(vectors: Sequence[Any], query: Any) -> list[float]:
    """The cosine between each of `vectors` and `query`, all at length 1."""
    if not vectors:
        return []
    numpy: Any = _numpy()
    if numpy is not None:
        found: list[float] = (numpy.stack(vectors) @ query).tolist()
        return found
    return [math.fsum(one * other for one, other in zip(vector, query, strict=True)) for vector in vectors]
