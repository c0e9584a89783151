"""The manual is true: every Python block runs, prints what the block below it shows, and every link leads somewhere.

Blocks of a page share one namespace and run in an empty directory. A block after `<!-- not run -->` is a fragment.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import types
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
NOT_RUN = "<!-- not run -->"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def blocks(page: Path) -> list[tuple[int, str, str | None]]:
    """Line, source and expected output (None: not compared) of each Python block that is to be run."""
    text = page.read_text(encoding="utf-8")
    found = list(BLOCK.finditer(text))
    runnable = []
    for index, match in enumerate(found):
        if match[1] != "python" or text[: match.start()].rstrip().endswith(NOT_RUN):
            continue
        follows = found[index + 1] if index + 1 < len(found) else None
        shown = None
        if follows and follows[1] == "text" and not text[match.end() : follows.start()].strip():
            shown = follows[2]
        runnable.append((text.count("\n", 0, match.start()) + 2, match[2], shown))
    return runnable


def name_of(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=name_of)
def test_blocks_run_and_print_what_is_shown(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("_page")
    # Schemas resolve their annotations through sys.modules.
    monkeypatch.setitem(sys.modules, "_page", module)
    for line, source, shown in blocks(page):
        printed = io.StringIO()
        code = compile("\n" * (line - 1) + source, str(page), "exec")
        with contextlib.redirect_stdout(printed):
            exec(code, module.__dict__)
        if shown is not None:
            assert printed.getvalue() == shown, f"{name_of(page)}, line {line}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [link.split("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []
