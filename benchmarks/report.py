"""Tables: the same rows for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.runner import Result
from benchmarks.runtimes import RUNTIMES
from benchmarks.spec import Budget, Metric

DASH = "-"

HEADINGS = ("LangGraph / Actograph", "best peer / Actograph", "budget", "met")


@dataclass(frozen=True)
class Table:
    """A table of text: a title, headings, rows, and lines below it."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def number(value: float | None, unit: str = "") -> str:
    """A figure with three significant digits, thousands set apart; a dash for none."""
    if value is None:
        return DASH
    size = abs(value)
    text = f"{value:,.0f}" if size >= 100 or value == int(value) else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return f"{text} {unit}".rstrip()


def ratio(value: float | None) -> str:
    """A ratio such as `8.2x`; a dash for none."""
    return DASH if value is None else f"{value:,.0f}x" if value >= 100 else f"{value:.1f}x"


def budget_text(metric: Metric) -> str:
    """The budget of a metric in words; a dash for none."""
    budget = metric.budget
    if budget is None:
        return DASH
    parts: list[str] = []
    if budget.ratio is not None:
        least = f" (at least {budget.minimum:g}x)" if budget.minimum is not None else ""
        parts.append(f"{budget.ratio:g}x LangGraph{least}")
    if budget.limit is not None and (budget.exact or budget.ratio is None):
        sign = ">=" if metric.higher_is_better else "<="
        most = f" (at most {budget.maximum:,g})" if budget.maximum is not None else ""
        parts.append(f"{sign} {budget.limit:,g} {metric.unit}".rstrip().replace(" x", "x") + most)
    return ", ".join(parts) or DASH


def verdict(result: Result, metric: Metric) -> str:
    """`met`, `minimum met`, `missed`, or a dash when there is nothing to judge by.

    A ratio to LangGraph decides where the budget has one, since absolute figures do not travel between machines.
    """
    budget = metric.budget
    ours = result.median("actograph", metric)
    if budget is None or ours is None or not result.judged:
        return DASH
    if budget.ratio is not None:
        against = result.ratio("langgraph", metric)
        if against is None:
            return DASH
        return _grade(against >= budget.ratio, budget.minimum is not None and against >= budget.minimum)
    return _grade(*_within(budget, ours, metric.higher_is_better))


def _within(budget: Budget, value: float, higher_is_better: bool) -> tuple[bool, bool]:
    """Whether `value` keeps the budget's limit, and whether at least its outer bound."""
    assert budget.limit is not None
    if higher_is_better:
        return value >= budget.limit, budget.maximum is not None and value >= budget.maximum
    return value <= budget.limit, budget.maximum is not None and value <= budget.maximum


def _grade(met: bool, minimum: bool) -> str:
    return "met" if met else "minimum met" if minimum else "missed"


def against(result: Result, metric: Metric) -> tuple[str, str, str, str]:
    """The cells under `HEADINGS` for one metric."""
    best = result.best_peer(metric)
    peer = DASH if best is None else f"{ratio(best[1])} ({RUNTIMES[best[0]].title})"
    return ratio(result.ratio("langgraph", metric)), peer, budget_text(metric), verdict(result, metric)


def detail(result: Result) -> Table:
    """One workload: a row per metric, a column per runtime with median and best, then ratios and the budget."""
    names = list(result.outcomes)
    rows: list[tuple[str, ...]] = []
    for metric in result.workload.metrics:
        label = result.label(metric)
        cells = [f"{label}, {metric.unit}" if metric.unit else label]
        for name in names:
            outcome = result.outcomes[name]
            median, best = outcome.median(metric.key), outcome.best(metric)
            shown = number(median)
            if median is not None and best is not None and number(best) != shown:
                shown += f" ({number(best)})"
            cells.append(shown)
        rows.append((*cells, *against(result, metric)))
    return Table(
        result.title(),
        ("median (best)", *(RUNTIMES[name].title for name in names), *HEADINGS),
        tuple(rows),
        (*result.workload.notes, *absences(result)),
    )


def absences(result: Result) -> tuple[str, ...]:
    """Why there are dashes, and what failed."""
    lines: list[str] = []
    for name, outcome in result.outcomes.items():
        title = RUNTIMES[name].title
        if outcome.failure:
            lines.append(f"{title} failed: {outcome.failure}")
        elif outcome.absent and name != "floor":
            lines.append(f"{title}: {outcome.absent}.")
    return tuple(lines)


def summary(results: Sequence[Result]) -> Table:
    """Every figure that has a budget, and the first of each workload, in one table."""
    rows: list[tuple[str, ...]] = []
    for result in results:
        for index, metric in enumerate(result.workload.metrics):
            if index and metric.budget is None:
                continue
            ours, theirs = result.median("actograph", metric), result.median("langgraph", metric)
            rows.append(
                (
                    result.workload.name,
                    result.label(metric),
                    number(ours, metric.unit),
                    number(theirs, metric.unit),
                    *against(result, metric),
                )
            )
    return Table("Summary", ("workload", "figure", "Actograph", "LangGraph", *HEADINGS), tuple(rows))


def markdown(facts: Mapping[str, str], results: Sequence[Result], note: str = "") -> str:
    """The whole report as Markdown."""
    lines = [
        "# Results",
        "",
        "Written by `make bench`; do not edit. Every figure is the median over interleaved rounds, each in a fresh",
        "process; the best run is in brackets. Ratios say how many times better Actograph is. Figures of one machine do not",
        "travel: quote ratios.",
        "",
        *([note, ""] if note else []),
        *(f"- {name}: {value}" for name, value in facts.items()),
        "",
    ]
    for table in (summary(results), *(detail(result) for result in results)):
        lines += [f"## {table.title}", ""]
        lines.append("| " + " | ".join(table.headings) + " |")
        lines.append("|" + "|".join(" --- " for _ in table.headings) + "|")
        lines += ["| " + " | ".join(row) + " |" for row in table.rows]
        lines.append("")
        lines += [f"- {line}" for line in table.notes]
        if table.notes:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def plain(table: Table) -> str:
    """A table for a terminal without rich: aligned columns."""
    lines = [table.headings, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.headings))]
    text = [table.title]
    text += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    text += [f"  {line}" for line in table.notes]
    return "\n".join(line.rstrip() for line in text)
