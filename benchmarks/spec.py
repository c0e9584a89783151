"""What a workload is: its programs, its figures, its sizes, and the budget that the figures are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Sizes = Mapping[str, int]
"""How much work one process does, by name: nodes, steps, threads, repeats, ..."""

Measures = dict[str, float]
"""Figures of one process: for every metric its value; `<metric>:best` next to it where a best run is known."""

Program = Callable[[str, Sizes], Measures]
"""Does the work of one workload on one runtime (named by the first argument) and returns its figures."""


class Unavailable(Exception):
    """This runtime cannot do this work here (not installed, or the API has no such thing). Shown as a dash."""


@dataclass(frozen=True)
class Budget:
    """What Actograph's figure is held against.

    Ratios travel between machines; absolute figures only where they are exact.

    Attributes:
        ratio: how many times better than LangGraph the figure is meant to be.
        minimum: the ratio below which a change is not acceptable.
        limit: an absolute bound in the metric's unit; also checked when the bound does not depend on the machine.
        maximum: the absolute figure beyond which a change is not acceptable.
        exact: True when `limit` and `maximum` hold on every machine (bytes, modules, ratios within one runtime).
    """

    ratio: float | None = None
    minimum: float | None = None
    limit: float | None = None
    maximum: float | None = None
    exact: bool = False


@dataclass(frozen=True)
class Metric:
    """One figure of a workload.

    Attributes:
        key: its name in the JSON of a process.
        label: its name in a table; may hold sizes, as in `database at {steps} steps`.
        unit: for example `us/node`.
        higher_is_better: True for rates.
        budget: what it is held against; None for figures that only inform.
        compared: False for a figure within one runtime, which says nothing beside another's.
    """

    key: str
    label: str
    unit: str
    higher_is_better: bool = False
    budget: Budget | None = None
    compared: bool = True


@dataclass(frozen=True)
class Workload:
    """One piece of work, written for every runtime that can do it.

    Attributes:
        name: as given to `--only`.
        title: one line for a reader; may hold sizes, as in `a chain of {nodes} nodes`.
        metrics: the first one is the figure of the summary.
        programs: by runtime name.
        cannot: why a runtime has no program here, by its name.
        full: sizes of a real run.
        quick: sizes of `--quick`, which shows that everything works and measures little.
        rounds: interleaved rounds of a real run; 1 for figures that do not vary (bytes).
        timeout: seconds that one process may take.
        notes: what a reader must know to trust the comparison.
    """

    name: str
    title: str
    metrics: tuple[Metric, ...]
    programs: Mapping[str, Program]
    full: Sizes
    quick: Sizes
    rounds: int = 5
    timeout: float = 180.0
    cannot: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())

    def metric(self, key: str) -> Metric:
        """The metric of that key; raises `KeyError` naming the workload when there is none."""
        for metric in self.metrics:
            if metric.key == key:
                return metric
        raise KeyError(f"workload {self.name!r} has no metric {key!r}; it has {[m.key for m in self.metrics]}")
