"""What `from <runtime>.graph import StateGraph` costs a fresh process: time, memory, modules, packages to install."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from importlib import metadata

from benchmarks.runtimes import RUNTIMES
from benchmarks.spec import Budget, Measures, Metric, Program, Sizes, Workload

_STATEMENTS = {
    "actograph": "from actograph.graph import StateGraph",
    "langgraph": "from langgraph.graph import StateGraph",
    "burr": "from burr.core import ApplicationBuilder",
    "pydantic-graph": "from pydantic_graph import GraphBuilder",
    "floor": "import asyncio",
}

_MEMORY = """
{statement}
try:
    with open("/proc/self/statm", encoding="ascii") as file:
        import os
        print(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
except OSError:
    import resource, sys
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak if sys.platform == "darwin" else peak * 1024)
"""


def _python(code: str) -> str:
    """Standard output of a fresh interpreter that runs `code`."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def packages(distribution: str) -> int | None:
    """How many distributions installing `distribution` brings, itself included; None when the metadata cannot tell.

    Follows the requirements of what is installed here, as their environment markers stand on this interpreter.
    """
    try:
        from packaging.requirements import Requirement
        from packaging.utils import canonicalize_name
    except ImportError:
        return None
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(distribution), "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            # A requirement of a requirement that is not installed here: the count would be a guess.
            return None
        seen.add((name, extra))
        for line in requires:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                for wanted in ("", *requirement.extras):
                    waiting.append((canonicalize_name(requirement.name), wanted))
    return len({name for name, _ in seen})


def measured(runtime: str, sizes: Sizes) -> Measures:
    """Imports the runtime in `repeats` fresh interpreters, after one that fills the file cache and writes bytecode."""
    statement = _STATEMENTS[runtime]
    probe = (
        "import sys, time\nbegan = time.perf_counter()\n"
        f"{statement}\n"
        "elapsed = time.perf_counter() - began\nprint(elapsed * 1e3, len(sys.modules))\n"
    )
    imported: list[float] = []
    process: list[float] = []
    modules = 0.0
    _python(statement)
    for _ in range(sizes["repeats"]):
        began = time.perf_counter()
        _python(statement)
        process.append((time.perf_counter() - began) * 1e3)
        elapsed, count = _python(probe).split()
        imported.append(float(elapsed))
        modules = float(count)
    measures: Measures = {
        "process_ms": statistics.median(process),
        "process_ms:best": min(process),
        "import_ms": statistics.median(imported),
        "import_ms:best": min(imported),
        "rss_mib": float(_python(_MEMORY.format(statement=statement))) / 2**20,
        "modules": modules,
    }
    if distributions := RUNTIMES[runtime].distributions:
        installed = packages(distributions[0])
        if installed is not None:
            measures["packages"] = installed
    return measures


_PROGRAMS: dict[str, Program] = dict.fromkeys(_STATEMENTS, measured)

WORKLOAD = Workload(
    name="imports",
    title="`from X.graph import StateGraph` in a fresh process",
    metrics=(
        Metric("process_ms", "whole process", "ms", budget=Budget(ratio=9, limit=110)),
        Metric("import_ms", "the import alone", "ms"),
        Metric("rss_mib", "resident memory", "MiB", budget=Budget(limit=28, exact=True)),
        Metric("modules", "modules loaded", ""),
        Metric("packages", "packages installed", "", budget=Budget(limit=8, exact=True)),
    ),
    programs=_PROGRAMS,
    full={"repeats": 2},
    quick={"repeats": 1},
    rounds=3,
    notes=(
        "The first process after an update is not measured: it writes bytecode. Floor: `import asyncio`.",
        "Packages: the closure of the requirements that are installed here, the package itself included.",
    ),
)
