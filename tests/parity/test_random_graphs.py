"""Random graphs do the same on both roots: values, questions, what is next, history, errors, and chunks."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from .random_graphs import Case, cases, differences


def check(number: int, examples: int, phases: Sequence[Phase]) -> None:
    """Draw `examples` cases from the seed `number`; of one that differs, print the program."""
    reports: list[str] = []

    @settings(
        max_examples=examples,
        phases=phases,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @seed(number)
    @given(cases())
    def every(case: Case) -> None:
        report = differences(case)
        if report:
            reports.append(report)
            raise AssertionError

    try:
        every()
    except AssertionError:
        if not reports:
            raise
        sys.stdout.write(reports[-1])
        pytest.fail(reports[-1].split("# ---- the program")[0], pytrace=False)


@pytest.mark.parametrize("number", range(10))
def test_random_graphs(number: int) -> None:
    check(number, 10, [Phase.generate])


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(100, 140))
def test_many_random_graphs(number: int) -> None:
    check(number, 50, [Phase.generate, Phase.shrink])
