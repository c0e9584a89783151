"""Settings of a process that are numbers in its environment."""

from __future__ import annotations

import os


def number(name: str, default: float, what: str, *, least: int = 0) -> float:
    """The number in the variable `name`; `default` if it is not set. `what` it counts is for the error.

    Raises ValueError, naming the variable, for what is no number or less than `least`.
    """
    text = os.environ.get(name)
    if not text:
        return default
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not found >= least:
        raise ValueError(f"environment variable {name} must be a number of {what}, at least {least}, not {text!r}")
    return found


__all__ = ("number",)
