"""A durable run that is killed inside its sub-graphs goes on inside them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("subgraphs_worker.py")
STEPS = 40

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")


def command(directory: Path) -> list[str]:
    return [sys.executable, str(WORKER), str(directory / "state.db"), str(directory / "effects"), str(STEPS)]


def effects(directory: Path) -> list[tuple[str, int]]:
    file = directory / "effects"
    lines = file.read_text().splitlines() if file.exists() else []
    return [(branch, int(number)) for branch, number in (line.split() for line in lines)]


def kill_when(directory: Path, lines: int) -> None:
    """Run the worker until it has left so many side effects, and kill it."""
    with subprocess.Popen(command(directory), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        while worker.poll() is None and len(effects(directory)) < lines:
            time.sleep(0.0005)
        os.kill(worker.pid, signal.SIGKILL)
        _, err = worker.communicate(timeout=30)
        assert not err, err


@pytest.mark.timeout(120)
def test_killed_inside_sub_graphs(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    (tmp_path / "undisturbed").mkdir()
    expected = subprocess.run(command(tmp_path / "undisturbed"), capture_output=True, text=True, check=True, timeout=60)
    directory = tmp_path / "killed"
    directory.mkdir()
    for lines in sorted(chance.sample(range(1, 2 * STEPS - 5), 5)):
        kill_when(directory, max(lines, len(effects(directory)) + 1))
    final = subprocess.run(command(directory), capture_output=True, text=True, timeout=60)
    assert final.returncode == 0, final.stderr
    assert final.stdout == expected.stdout
    newest = {"deep": -1, "called": -1}
    for branch, number in effects(directory):
        assert number >= newest[branch], (
            f"{branch}{number} ran again although {newest[branch]} had started (seed {seed})"
        )
        newest[branch] = number
    assert newest == {"deep": STEPS - 1, "called": STEPS - 1}
