"""The workloads, one file each. A file holds `WORKLOAD` and a program per runtime."""

from __future__ import annotations

import importlib

from benchmarks.spec import Workload

NAMES = (
    "chain",
    "fanout",
    "loop",
    "features",
    "sync",
    "durable_loop",
    "concurrent",
    "growing_list",
    "interrupt",
    "suspended",
    "held",
    "wide_state",
    "imports",
)
"""Every workload, in the order in which a full run does them."""


def load(name: str) -> Workload:
    """The workload of that name; raises `ValueError` naming those there are."""
    if name not in NAMES:
        raise ValueError(f"there is no workload {name!r}; there are: {', '.join(NAMES)}")
    found = importlib.import_module(f"benchmarks.workloads.{name}").WORKLOAD
    assert isinstance(found, Workload)
    return found
