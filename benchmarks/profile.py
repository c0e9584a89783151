"""`python -m benchmarks.profile WORKLOAD [--on RUNTIME]`: where the time goes.

cProfile watches the measured stretches only. Prints calls and microseconds per unit (node, step, task), and the functions
that cost most. The profiler itself costs time in proportion to calls, so read shares, not microseconds. Python 3.12 and
later count a saver's own thread too, 3.11 only the loop's.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import measure, progress, report
from benchmarks.runner import ROOT
from benchmarks.runtimes import RUNTIMES
from benchmarks.spec import Unavailable
from benchmarks.workloads import NAMES, load


def _place(key: tuple[str, int, str]) -> str:
    """A function as `package/file.py:12 name`, without the directories that only this machine has."""
    filename, line, name = key
    if filename == "~":
        return name
    place = Path(filename)
    if place.is_relative_to(ROOT) and "site-packages" not in place.parts:
        return f"{place.relative_to(ROOT).as_posix()}:{line} {name}"
    parts = list(place.parts)
    for mark in ("site-packages", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        if mark in parts:
            parts = parts[parts.index(mark) + 1 :]
            break
    return f"{'/'.join(parts[-4:])}:{line} {name}"


def tables(profiler: cProfile.Profile, units: int, top: int, sort: str) -> list[report.Table]:
    """The profile as tables: totals per unit, then the `top` functions by `sort` (`own` or `all` time)."""
    stats = pstats.Stats(profiler)
    entries: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = stats.stats  # type: ignore[attr-defined]
    calls = sum(entry[1] for entry in entries.values())
    seconds = sum(entry[2] for entry in entries.values())
    totals = report.Table(
        "Totals",
        ("figure", "value"),
        (
            ("units measured", f"{units:,}"),
            ("calls a unit", f"{calls / units:,.1f}"),
            ("us a unit, profiled", f"{seconds / units * 1e6:,.1f}"),
        ),
    )
    column = 2 if sort == "own" else 3
    ordered = sorted(entries.items(), key=lambda item: item[1][column], reverse=True)  # type: ignore[arg-type, return-value]
    rows = tuple(
        (
            _place(key),
            f"{entry[1] / units:,.2f}",
            f"{entry[2] / units * 1e6:,.2f}",
            f"{entry[3] / units * 1e6:,.2f}",
            f"{entry[2] / seconds:.1%}",
        )
        for key, entry in ordered[:top]
    )
    headings = ("function", "calls a unit", "own us a unit", "all us a unit", "own share")
    return [totals, report.Table(f"Top {top} by {sort} time", headings, rows)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Profiles one workload on one runtime in this process; returns 1 when the runtime cannot do it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("workload", choices=NAMES)
    parser.add_argument("--on", default="actograph", choices=[*RUNTIMES], metavar="RUNTIME")
    parser.add_argument("--top", type=int, default=25, metavar="N")
    parser.add_argument("--sort", choices=("own", "all"), default="own")
    parser.add_argument(
        "--size", action="append", default=[], metavar="NAME=N", help="a size of the workload, e.g. nodes=50"
    )
    options = parser.parse_args(arguments)
    workload = load(options.workload)
    program = workload.programs.get(options.on)
    missing = RUNTIMES[options.on].missing() if program else "it has no program for this work"
    if program is None or missing:
        print(f"{workload.name} on {options.on}: {missing}", file=sys.stderr)
        return 1
    sizes = dict(workload.full)
    for size in options.size:
        name, _, value = size.partition("=")
        if name not in sizes or not value.isdigit():
            parser.error(f"--size {size}: {workload.name} has {json.dumps(sizes)}")
        sizes[name] = int(value)
    profiler = cProfile.Profile()
    measure.observer = profiler
    try:
        program(options.on, sizes)
    except Unavailable as reason:
        print(f"{workload.name} on {options.on}: {reason}", file=sys.stderr)
        return 1
    finally:
        measure.observer = None
    units = sum(clock.units for clock in measure.clocks)
    if not units:
        print(f"{workload.name} weighs and does not time, so there is nothing to profile", file=sys.stderr)
        return 1
    shown = progress.make(0)
    shown.say(f"{workload.name} on {RUNTIMES[options.on].title}, sizes {json.dumps(sizes)}")
    for table in tables(profiler, units, options.top, options.sort):
        shown.table(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
