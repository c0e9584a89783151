"""What type checkers say of programs: the lines that are marked `# error` in `tests/typing` are wrong, and no others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PROGRAMS = HOME / "tests" / "typing"
ROOTS = [str(HOME / root) for root in ("runtime", "actors", "checkpoint")]
_MARK = re.compile(r"# error(?:: (mypy|pyright))?$")

Places = set[tuple[str, int]]
"""File names and line numbers."""


def marked(checker: str) -> Places:
    """The lines that a checker must find."""
    places = set()
    for path in PROGRAMS.glob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            mark = _MARK.search(line)
            if mark is not None and mark[1] in (None, checker):
                places.add((path.name, number))
    return places


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=PROGRAMS, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def compare(checker: str, found: dict[tuple[str, int], str]) -> None:
    expected = marked(checker)
    assert expected, "no line is marked"
    wrong = [
        f"{file}:{line} is found, and not marked: {found[file, line]}" for file, line in sorted(found.keys() - expected)
    ]
    wrong += [f"{file}:{line} is marked, and not found" for file, line in sorted(expected - found.keys())]
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(300)
def test_mypy(tmp_path: Path) -> None:
    output = run(
        *(sys.executable, "-m", "mypy", "--strict", "--namespace-packages", "--explicit-package-bases"),
        *("--python-version", "3.11", "--no-error-summary", "--hide-error-context", "--config-file", os.devnull),
        *("--cache-dir", str(HOME / ".mypy_cache" / "programs"), *sorted(path.name for path in PROGRAMS.glob("*.py"))),
        MYPYPATH=os.pathsep.join(ROOTS),
    )
    found: dict[tuple[str, int], str] = {}
    for line in output.splitlines():
        match = re.match(r"(\w+\.py):(\d+): error: (.*)", line)
        if match is not None:
            found[match[1], int(match[2])] = match[3]
    compare("mypy", found)


@pytest.mark.timeout(300)
def test_pyright(tmp_path: Path) -> None:
    settings = {
        "include": [os.path.relpath(PROGRAMS, tmp_path)],
        "extraPaths": ROOTS,
        "pythonVersion": "3.11",
        "typeCheckingMode": "standard",
    }
    project = tmp_path / "pyrightconfig.json"
    project.write_text(json.dumps(settings), encoding="utf-8")
    output = run(
        *(sys.executable, "-m", "pyright", "--outputjson", "--project", str(project), "--pythonpath", sys.executable)
    )
    found: dict[tuple[str, int], str] = {}
    for problem in json.loads(output)["generalDiagnostics"]:
        if problem["severity"] == "error":
            found[Path(problem["file"]).name, problem["range"]["start"]["line"] + 1] = problem["message"]
    compare("pyright", found)
