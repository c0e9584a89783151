"""Random graphs do the same on both roots: values, questions, what is next, history, errors, and chunks."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings

from .random_graphs import Case, cases, differences

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example]


def check(case: Case) -> None:
    report = differences(case)
    if report:
        sys.stdout.write(report)
        pytest.fail(report.split("# ---- the program")[0], pytrace=False)


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=CHECKS)
@given(cases())
def test_random_graphs(case: Case) -> None:
    check(case)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=1_000, deadline=None, database=None, suppress_health_check=CHECKS)
@given(cases())
def test_many_random_graphs(case: Case) -> None:
    check(case)
