"""Programs and features belong together: nothing is covered that is not listed, and nothing listed as built is bare."""

from __future__ import annotations

import ast

import pytest

from .differences import PAGE, REPOSITORY, Difference, read_differences
from .harness import PROGRAMS, program_names
from .rows import listed_rows, rows_of

ENOUGH = 300
BUILT = [
    "build",
    "state",
    "control",
    "exec",
    "stream",
    "persist",
    "durability",
    "hitl",
    "travel",
    "memory",
    "subgraph",
    "functional",
    "runtime",
    "cache",
    "retry",
    "timeout",
    "errors",
    "draw",
]
OWED = {"persist: Encryption", "memory: Stores"}
"""Rows of those areas that belong to the savers and stores, and are still to come."""


@pytest.mark.parametrize("program", program_names())
def test_program_names_listed_rows(program: str) -> None:
    listed = listed_rows()
    for row in rows_of(program):
        assert row in listed, f"{program} covers {row}, which rows.txt does not list"
        assert listed[row] == "now", f"{program} covers {row}, which rows.txt still calls {listed[row]!r}"


@pytest.mark.parametrize("program", program_names())
def test_program_has_a_main(program: str) -> None:
    tree = ast.parse((PROGRAMS / f"{program}.py").read_text(encoding="utf-8"))
    mains = [
        node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "main"
    ]
    assert len(mains) == 1
    assert [argument.arg for argument in mains[0].args.args] == ["t"]


def test_every_built_row_has_a_program() -> None:
    covered = {row for program in program_names() for row in rows_of(program)}
    bare = [str(row) for row, status in listed_rows().items() if status == "now" and row not in covered]
    assert not bare


def test_all_of_the_library_is_built() -> None:
    later = {str(row) for row, status in listed_rows().items() if row.area in BUILT and status != "now"}
    assert later == OWED


def test_enough_programs() -> None:
    assert len(program_names()) >= ENOUGH


@pytest.mark.parametrize("difference", read_differences(), ids=lambda row: f"{row.program}: {row.label}")
def test_difference_is_recorded(difference: Difference) -> None:
    assert difference.program in program_names()
    assert difference.decision_record.is_file(), f"{difference.decision} is not a record below {REPOSITORY / 'docs'}"


def test_every_section_of_differences_has_a_program() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    headings = {line.removeprefix("## ") for line in lines if line.startswith("## ")}
    # No interpreter exists on which both roots would run a program about this one.
    assert headings - {row.section for row in read_differences()} == {"Python 3.11 and later"}


def test_every_program_of_differences_has_a_row() -> None:
    excused = {row.program for row in read_differences()}
    assert {name for name in program_names() if name.startswith("differences_")} == excused
