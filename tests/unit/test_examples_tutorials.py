"""The tutorial programs print the same with either import root, as scripts in processes of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ENVIRONMENT = {**os.environ, "PYTHONIOENCODING": "utf-8"}

PROGRAMS = {
    "booking": "booked: details, sent back, details, approved, paid 1200 at attempt 3",
    "chatbot_memory": "[ada] bot: You like engines and poetry.",
    "cross_thread_memory": "Ada, you are one who hates cold soup",
    "essay_writer": "how often each task ran: {'outline': 1, 'revise': 1, 'write_section': 3, 'write_section: wrong': 2}",
    "map_reduce": "2. Graphs (22 words): A graph says which step follows which.",
    "nested_streams": "restaurant/cook/sauce    custom   {'stir': '50%'}",
    "plan_and_execute": "The trip costs each of us 16.00 euros",
    "supervisor": "= draft: On bridges: the oldest is of stone; the longest is 164 km.",
    "time_travel": "with less money: fly to Lisbon > a hostel in Lisbon > a concert, 210 left   (ran hostel, enjoy)",
    "tool_loop": "All our chairs together cost 256.50 euros; sofas we do not have.",
}
"""Each program, and a line that it prints."""


def begun(script: Path, cwd: Path) -> subprocess.Popen[str]:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen([sys.executable, str(script)], cwd=cwd, env=ENVIRONMENT, **streams)  # type: ignore[call-overload,no-any-return]


def printed(process: subprocess.Popen[str], script: Path) -> str:
    output, errors = process.communicate(timeout=50)
    assert process.returncode == 0, f"{script.name} ended with {process.returncode}\n{output}\n{errors}"
    return output


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_tutorial_program_prints_the_same_with_the_other_root(name: str, tmp_path: Path) -> None:
    pytest.importorskip("langgraph")
    pytest.importorskip("langchain_core")
    script = EXAMPLES / f"{name}.py"
    source = script.read_text(encoding="utf-8")
    assert 50 <= len(source.splitlines()) <= 150
    other = tmp_path / f"{name}_with_langgraph.py"
    other.write_text(re.sub(r"\bactograph\b", "langgraph", source), encoding="utf-8")
    places = [tmp_path / "own", tmp_path / "other"]
    for place in places:
        place.mkdir()
    # Both at once: most of their time is spent on imports. Leaving the block waits for them.
    with begun(script, places[0]) as ours, begun(other, places[1]) as theirs:
        own = printed(ours, script)
        assert PROGRAMS[name] in own
        assert own == printed(theirs, other)
