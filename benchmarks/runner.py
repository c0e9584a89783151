"""Runs workloads in interleaved rounds, every measurement in a process of its own, and collects the figures."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.runtimes import RUNTIMES, Runtime
from benchmarks.spec import Measures, Metric, Sizes, Workload

ROOT = Path(__file__).resolve().parent.parent
"""The directory from which `benchmarks` is importable."""

_QUIET = {"LANGSMITH_TRACING": "false", "LANGCHAIN_TRACING_V2": "false"}


@dataclass
class Outcome:
    """What one runtime showed of one workload.

    Attributes:
        rounds: the figures of every round that ended, by metric.
        absent: why there are none: not installed, or the runtime cannot do this work.
        failure: what went wrong, when something did.
    """

    rounds: list[Measures] = field(default_factory=list)
    absent: str | None = None
    failure: str | None = None

    def median(self, key: str) -> float | None:
        """Median over the rounds of that metric; None when no round has it."""
        values = [measures[key] for measures in self.rounds if key in measures]
        return statistics.median(values) if values else None

    def best(self, metric: Metric) -> float | None:
        """The best that any round saw, within its own repeats too."""
        pick = max if metric.higher_is_better else min
        values = [
            measures.get(f"{metric.key}:best", measures[metric.key])
            for measures in self.rounds
            if metric.key in measures
        ]
        return pick(values) if values else None


@dataclass
class Result:
    """The outcomes of a workload by runtime name, in the order of a round.

    Attributes:
        sizes: how much work each process did.
        judged: False for sizes too small to hold the figures against a budget.
        seconds: how long the processes took.
    """

    workload: Workload
    outcomes: dict[str, Outcome]
    rounds: int
    sizes: Sizes
    judged: bool = True
    seconds: float = 0.0

    def title(self) -> str:
        """The workload's title with the sizes of this run."""
        return _sized(self.workload.title, self.sizes)

    def label(self, metric: Metric) -> str:
        """The metric's label with the sizes of this run."""
        return _sized(metric.label, self.sizes)

    def median(self, runtime: str, metric: Metric) -> float | None:
        """Median of `metric` on that runtime; None when it took no part."""
        outcome = self.outcomes.get(runtime)
        return outcome.median(metric.key) if outcome is not None else None

    def ratio(self, runtime: str, metric: Metric) -> float | None:
        """How many times better Actograph is than `runtime`: above 1 is better, whichever way the metric runs."""
        if not metric.compared:
            return None
        ours, theirs = self.median("actograph", metric), self.median(runtime, metric)
        if ours is None or theirs is None or not ours or not theirs:
            return None
        return ours / theirs if metric.higher_is_better else theirs / ours

    def best_peer(self, metric: Metric) -> tuple[str, float] | None:
        """The peer that does best on `metric` (LangGraph included), and Actograph's ratio to it."""
        ratios = [
            (ratio, name)
            for name in self.outcomes
            if RUNTIMES[name].peer and (ratio := self.ratio(name, metric)) is not None
        ]
        if not ratios:
            return None
        ratio, name = min(ratios)
        return name, ratio


@dataclass(frozen=True)
class Step:
    """One process that has ended, for whoever shows progress. `text` says what it found."""

    workload: Workload
    runtime: Runtime
    round: int
    rounds: int
    text: str
    seconds: float


def processes(results: Sequence[Result]) -> int:
    """How many processes it takes to run prepared results."""
    return sum(
        result.rounds * sum(1 for outcome in result.outcomes.values() if outcome.absent is None) for result in results
    )


def rounds_of(workload: Workload, rounds: int | None, quick: bool) -> int:
    """Rounds of a workload: as asked for, else one for `--quick`, else its own."""
    return rounds if rounds is not None else 1 if quick else workload.rounds


def measure(workload: Workload, runtime: str, sizes: Sizes) -> Outcome:
    """Runs one process. Whatever happens in it becomes an `Outcome`; only a missing interpreter raises `OSError`."""
    command = [sys.executable, "-m", "benchmarks.child", workload.name, runtime, json.dumps(dict(sizes))]
    environment = {**os.environ, **_QUIET}
    # Installed peers have their bytecode; what runs from a checkout must be allowed to keep its own.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=workload.timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(failure=f"no answer within {workload.timeout:.0f} s")
    if ended.returncode != 0:
        return Outcome(failure=_reason(ended.stderr) or f"exit code {ended.returncode} and no message")
    try:
        answer = json.loads(ended.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return Outcome(failure=f"the last line of its output is no JSON: {ended.stdout[-200:]!r}")
    if "unavailable" in answer:
        return Outcome(absent=answer["unavailable"])
    return Outcome(rounds=[answer["measures"]])


def _sized(text: str, sizes: Sizes) -> str:
    return text.format_map({name: f"{size:,}" for name, size in sizes.items()})


def prepare(workload: Workload, runtimes: Sequence[str], rounds: int, sizes: Sizes, *, judged: bool = True) -> Result:
    """A result with no figures yet, an outcome for each runtime.

    Those that are not installed, or have no program for this work, are marked absent.
    """
    outcomes: dict[str, Outcome] = {}
    for name in runtimes:
        if name in workload.programs:
            outcomes[name] = Outcome(absent=RUNTIMES[name].missing())
        elif not RUNTIMES[name].variant:
            outcomes[name] = Outcome(absent=workload.cannot.get(name, "has no program for this work"))
    return Result(workload, outcomes, rounds, sizes, judged)


def run(result: Result) -> Iterator[Step]:
    """Runs the rounds of a prepared result: A, B, C, A, B, C, ...

    A runtime that is absent or has failed is not asked again. Yields after every process; `result` then holds its figures.
    """
    workload = result.workload
    for index in range(result.rounds):
        for name, outcome in result.outcomes.items():
            if outcome.absent or outcome.failure:
                continue
            began = time.monotonic()
            once = measure(workload, name, result.sizes)
            elapsed = time.monotonic() - began
            result.seconds += elapsed
            outcome.rounds += once.rounds
            outcome.absent, outcome.failure = once.absent, once.failure
            yield Step(workload, RUNTIMES[name], index + 1, result.rounds, _brief(result, once), elapsed)


_ERROR = re.compile(r"[A-Za-z_][\w.]*(: |$)")


def _reason(stderr: str) -> str:
    """The line of a traceback that says what happened: its last `SomeError: ...`, since notes may follow it."""
    lines = [line.rstrip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors or lines or [""])[-1].strip()


def _brief(result: Result, outcome: Outcome) -> str:
    """One line on one process."""
    if outcome.failure:
        return f"failed: {outcome.failure}"
    if outcome.absent:
        return f"- ({outcome.absent})"
    measures: Mapping[str, float] = outcome.rounds[0]
    for metric in result.workload.metrics:
        if metric.key in measures:
            return f"{measures[metric.key]:,.4g} {metric.unit} ({result.label(metric)})"
    return "no figures"
