"""Every program observes the same on both roots."""

from __future__ import annotations

import functools

import pytest

from .differences import allowed_labels
from .harness import OWN_ROOT, REFERENCE_ROOT, Observed, compare, program_names, run_program


@functools.cache
def expected(name: str) -> Observed:
    return run_program(name, REFERENCE_ROOT)


@pytest.mark.parametrize("name", program_names())
def test_program(name: str) -> None:
    report = compare(expected(name), run_program(name, OWN_ROOT), allowed_labels(name))
    assert not report, "\n\n".join(report)
