"""The feature rows that programs name in the first line of their docstrings, and the list they come from."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from .harness import PROGRAMS

LIST = Path(__file__).parent / "rows.txt"
_TAG = re.compile(r"\s*\[(?:obs|\+)\]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the feature table."""

    area: str
    feature: str

    def __str__(self) -> str:
        return f"{self.area}: {self.feature}"


def listed_rows() -> dict[Row, str]:
    """Every row of the list with its status, `now` or `later`."""
    rows: dict[Row, str] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            status, area, feature = (cell.strip() for cell in line.split("|"))
            rows[Row(area, feature)] = status
    return rows


def rows_of(program: str) -> list[Row]:
    """The rows that a program says it covers. Raises ValueError when its docstring does not begin with one."""
    tree = ast.parse((PROGRAMS / f"{program}.py").read_text(encoding="utf-8"))
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    rows: list[Row] = []
    for part in first.split(";"):
        area, colon, feature = _TAG.sub("", part).strip().partition(": ")
        if not colon:
            raise ValueError(f"{program}: the docstring must begin with `area: feature`, got {first!r}")
        rows.append(Row(area, feature.strip()))
    return rows
