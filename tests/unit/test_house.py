"""The house itself: one namespace over three source roots, few packages, a light import, a complete wheel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROOTS = [REPOSITORY / name / "actograph" for name in ("runtime", "actors", "checkpoint")]
REQUIRED = {"anyio", "msgspec", "aiosqlite"}


def run(code: str) -> str:
    """What `code` prints in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_namespace_has_no_init_and_one_type_marker() -> None:
    assert [root for root in ROOTS if (root / "__init__.py").exists()] == []
    markers = [path for root in ROOTS for path in root.rglob("py.typed")]
    assert markers == [REPOSITORY / "runtime" / "actograph" / "py.typed"]


def test_no_module_lives_in_two_roots() -> None:
    names = [entry.name for root in ROOTS for entry in root.iterdir() if entry.name != "__pycache__"]
    assert len(names) == len(set(names)), sorted(names)


def test_import_loads_neither_pydantic_nor_langchain() -> None:
    loaded = json.loads(
        run("import json, sys; from actograph.graph import StateGraph; print(json.dumps(sorted(sys.modules)))")
    )
    assert "actograph.graph" in loaded
    foreign = ("pydantic", "pydantic_core", "langchain_core", "langgraph", "langsmith", "rich")
    assert [name for name in loaded if name.split(".")[0] in foreign] == []


def closure(names: set[str]) -> set[str]:
    """Every installed distribution that these need on this interpreter, themselves included."""
    from packaging.requirements import Requirement

    found: set[str] = set()
    todo = list(names)
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name not in found:
            found.add(name)
            for line in metadata.requires(name) or ():
                requirement = Requirement(line)
                if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                    todo.append(requirement.name)
    return found


def test_install_brings_at_most_eight_packages() -> None:
    brought = closure({"actograph"})
    assert brought >= REQUIRED | {"actograph"}
    assert len(brought) <= 8, sorted(brought)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = target.glob("*.whl")
    return built


def test_wheel_holds_all_three_roots(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert len(names) == len(set(names))
    held = {name for name in names if name.startswith("actograph/")}
    sources = {
        path.relative_to(root.parent).as_posix()
        for root in ROOTS
        for path in root.rglob("*")
        if path.is_file() and path.suffix in {".py", ".typed", ".sql"}
    }
    assert held == sources
    assert [name for name in names if not name.startswith("actograph")] == []


def test_wheel_requires_three_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        text = archive.read(name).decode()
    required = re.findall(r"^Requires-Dist: ([A-Za-z0-9_.-]+)(.*)$", text, re.MULTILINE)
    assert {package for package, rest in required if "extra ==" not in rest} == REQUIRED


@pytest.mark.long
@pytest.mark.timeout(300)
def test_wheel_installs_elsewhere(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = str(environment / scripts / "python")
    before = len(json.loads(subprocess.check_output([python, "-m", "pip", "list", "--format=json"])))
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, cwd=tmp_path)
    after = len(json.loads(subprocess.check_output([python, "-m", "pip", "list", "--format=json"])))
    assert after - before <= 8
    subprocess.run([python, "-W", "error", "-c", "import actograph.graph, actograph.checkpoint.sqlite.aio"], check=True)
