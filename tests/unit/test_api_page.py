"""The page of public names is what the code says, and says something about every name."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api_page", REPOSITORY / "tools" / "api_page.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(tool: ModuleType) -> None:
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(), "run: python tools/api_page.py"


def test_every_name_has_a_line(tool: ModuleType) -> None:
    lines = tool.page().splitlines()
    assert [line for line in lines if line.endswith("|  |")] == []


def test_every_package_is_on_the_page(tool: ModuleType) -> None:
    import actograph

    on_page = {module for modules in tool.GROUPS.values() for module in modules}
    tops = {name.split(".")[0] for name in on_page}
    found = {entry.name.removesuffix(".py") for portion in actograph.__path__ for entry in Path(portion).iterdir()}
    assert found - {"__pycache__", "py.typed", "engine"} == tops
