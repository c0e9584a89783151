"""Programs and features belong together: nothing is covered that is not listed, and nothing listed as built is bare."""

from __future__ import annotations

import ast

import pytest

from .differences import REPOSITORY, Difference, read_differences
from .harness import PROGRAMS, program_names
from .rows import listed_rows, rows_of

ENOUGH = 60


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


def test_enough_programs() -> None:
    assert len(program_names()) >= ENOUGH


@pytest.mark.parametrize("difference", read_differences(), ids=lambda row: f"{row.program}: {row.label}")
def test_difference_is_recorded(difference: Difference) -> None:
    assert difference.program in program_names()
    assert difference.decision_record.is_file(), f"{difference.decision} is not a record below {REPOSITORY / 'docs'}"
