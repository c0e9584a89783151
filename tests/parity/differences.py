"""Reads the deliberate differences out of `docs/differences.md`.

The page holds tables whose header row is exactly `| Id | Program | Label | LangGraph | Actograph | Decision |`. Each
row excuses one label of one program, and names a record in `docs/decisions/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "differences.md"
_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
HEADER = ("Id", "Program", "Label", "LangGraph", "Actograph", "Decision")


@dataclass(frozen=True, slots=True)
class Difference:
    """One excused label: the difference's id, the program, its label, and the decision record that says why."""

    id: str
    program: str
    label: str
    decision: str
    section: str = ""
    """The heading that the row stands under."""

    @property
    def decision_record(self) -> Path:
        """The file that the decision's Markdown link points at."""
        link = _LINK.search(self.decision)
        return PAGE.parent / (link.group(1) if link else self.decision)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().strip("`") for cell in line.strip().strip("|").split("|"))


def read_differences(page: Path = PAGE) -> list[Difference]:
    """The rows of every table with that header; none when the page is not there. Raises ValueError for a bad row."""
    if not page.exists():
        return []
    found: list[Difference] = []
    inside = False
    section = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.lstrip().startswith("|"):
            inside = False
            section = line.removeprefix("## ") if line.startswith("## ") else section
            continue
        cells = _cells(line)
        if cells == HEADER:
            inside = True
        elif inside and not set("".join(cells)) <= set("-: "):
            if len(cells) != len(HEADER) or not all(cells):
                raise ValueError(f"{page.name}, line {number}: expected {len(HEADER)} filled cells, got {cells}")
            found.append(Difference(cells[0], cells[1], cells[2], cells[5], section))
    return found


def allowed_labels(program: str) -> frozenset[str]:
    """The labels at which `program` may, and must, differ."""
    return frozenset(row.label for row in read_differences() if row.program == program)
