"""Clocks, loops and figures that every workload uses. Python's garbage collector stays in its default state."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from benchmarks.spec import Measures

T = TypeVar("T")


class Observer(Protocol):
    """What may watch the measured stretches of a program, and nothing else of it (a profiler)."""

    def enable(self) -> None: ...

    def disable(self) -> None: ...


observer: Observer | None = None
"""Switched on for each measured stretch; set by `benchmarks.profile`."""


class Clock:
    """Times stretches of work and keeps seconds per unit of each.

    `with clock.lap(100): ...` says that the stretch did 100 units (nodes, steps, cycles).
    """

    def __init__(self) -> None:
        self.laps: list[float] = []
        self.units = 0

    @contextmanager
    def lap(self, units: int) -> Iterator[None]:
        """Measures the body. Garbage is collected first, so that one lap does not pay for another."""
        gc.collect()
        watching = observer
        if watching is not None:
            watching.enable()
        began = time.perf_counter()
        try:
            yield
        finally:
            elapsed = time.perf_counter() - began
            if watching is not None:
                watching.disable()
        self.laps.append(elapsed / units)
        self.units += units

    def microseconds(self, key: str) -> Measures:
        """Median and best microseconds per unit, as the figures of metric `key`."""
        return {key: statistics.median(self.laps) * 1e6, f"{key}:best": min(self.laps) * 1e6}


clocks: list[Clock] = []
"""Every clock made in this process, so that a profiler can say "calls per node"."""


def clock() -> Clock:
    """A new clock, also kept in `clocks`."""
    made = Clock()
    clocks.append(made)
    return made


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs `main()` on a fresh event loop, the same for every runtime: uvloop's if installed, else asyncio's."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


async def alap(times: Clock, units: int, repeats: int, body: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Two runs to warm up, then `repeats` measured runs of `await body()`, each of `units` units."""
    for _ in range(2):
        await body()
    for _ in range(repeats):
        with times.lap(units):
            await body()


def lap(times: Clock, units: int, repeats: int, body: Callable[[], object]) -> None:
    """Two runs to warm up, then `repeats` measured runs of `body()`, each of `units` units."""
    for _ in range(2):
        body()
    for _ in range(repeats):
        with times.lap(units):
            body()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie, by the nearest-rank rule."""
    ordered = sorted(values)
    # Rounded first: 0.29 * 100 is a little more than 29, and its ceiling would be 30.
    return ordered[max(0, math.ceil(round(share * len(ordered), 6)) - 1)]


def resident_bytes() -> int:
    """Memory that this process holds, in bytes. The peak instead of the present where the system tells no more."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def expect(what: str, found: object, wanted: object) -> None:
    """A benchmark of wrong answers is worth nothing: raises `RuntimeError` unless `found == wanted`."""
    if found != wanted:
        raise RuntimeError(f"{what}: got {found!r}, expected {wanted!r}; the figures of this run are void")
