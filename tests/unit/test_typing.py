"""What type checkers say of programs: the lines that are marked `# error` in `tests/typing` are wrong, and no others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
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


def begun(*command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=PROGRAMS,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output(process: subprocess.Popen[str]) -> str:
    told, errors = process.communicate()
    assert process.returncode in (0, 1), told + errors
    return told


def mypy() -> subprocess.Popen[str]:
    return begun(
        *(sys.executable, "-m", "mypy", "--strict", "--namespace-packages", "--explicit-package-bases"),
        *("--python-version", "3.11", "--no-error-summary", "--hide-error-context", "--config-file", os.devnull),
        *("--cache-dir", str(HOME / ".mypy_cache" / "programs"), *sorted(path.name for path in PROGRAMS.glob("*.py"))),
        MYPYPATH=os.pathsep.join(ROOTS),
    )


def pyright(folder: Path) -> subprocess.Popen[str]:
    settings = {
        "include": [os.path.relpath(PROGRAMS, folder)],
        "extraPaths": ROOTS,
        "pythonVersion": "3.11",
        "typeCheckingMode": "standard",
    }
    project = folder / "pyrightconfig.json"
    project.write_text(json.dumps(settings), encoding="utf-8")
    return begun(
        *(sys.executable, "-m", "pyright", "--outputjson", "--project", str(project), "--pythonpath", sys.executable)
    )


@pytest.fixture(scope="module")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Both checkers, at work at the same time: each takes long, and keeps one core busy."""
    with mypy() as first, pyright(tmp_path_factory.mktemp("pyright")) as second:
        yield {"mypy": first, "pyright": second}


def compare(checker: str, found: dict[tuple[str, int], str]) -> None:
    expected = marked(checker)
    assert expected, "no line is marked"
    wrong = [
        f"{file}:{line} is found, and not marked: {found[file, line]}" for file, line in sorted(found.keys() - expected)
    ]
    wrong += [f"{file}:{line} is marked, and not found" for file, line in sorted(expected - found.keys())]
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(300)
def test_mypy(checkers: dict[str, subprocess.Popen[str]]) -> None:
    found: dict[tuple[str, int], str] = {}
    for line in output(checkers["mypy"]).splitlines():
        match = re.match(r"(\w+\.py):(\d+): error: (.*)", line)
        if match is not None:
            found[match[1], int(match[2])] = match[3]
    compare("mypy", found)


@pytest.mark.timeout(300)
def test_pyright(checkers: dict[str, subprocess.Popen[str]]) -> None:
    found: dict[tuple[str, int], str] = {}
    for problem in json.loads(output(checkers["pyright"]))["generalDiagnostics"]:
        if problem["severity"] == "error":
            found[Path(problem["file"]).name, problem["range"]["start"]["line"] + 1] = problem["message"]
    compare("pyright", found)
