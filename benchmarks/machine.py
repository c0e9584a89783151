"""What the figures were taken on: interpreter, platform, versions. Nothing that names a person, a host or a path."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from importlib import metadata

from benchmarks import disk
from benchmarks.runtimes import RUNTIMES


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def facts(runtimes: Sequence[str]) -> dict[str, str]:
    """Lines for the head of a report, in order."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    versions: dict[str, str] = {}
    for name in runtimes:
        versions |= RUNTIMES[name].versions()
    try:
        loop = f"uvloop {metadata.version('uvloop')} for every runtime"
    except metadata.PackageNotFoundError:
        loop = "asyncio's own (uvloop is not installed)"
    return {
        "Interpreter": f"{platform.python_implementation()} {platform.python_version()}",
        "Platform": f"{platform.system()} {platform.machine()}, {cores} cores, {processor()}",
        "Event loop": loop,
        "SQLite": f"{sqlite3.sqlite_version}, databases on {disk.filesystem(disk.parent())}",
        "Packages": ", ".join(f"{name} {version}" for name, version in versions.items()) or "none",
        "Load at the start": f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown",
        "Garbage collector": "as Python starts it" + ("" if sys.flags.optimize == 0 else ", python -O"),
    }
