"""A workflow that is killed between two tasks does not repeat those whose results it has seen, and ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("tasks_worker.py")
CALLS = 20

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")


def command(directory: Path) -> list[str]:
    return [sys.executable, str(WORKER), str(directory / "state.db"), str(directory / "effects"), str(CALLS), "sync"]


def numbers(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def kill_after(directory: Path, seen: int) -> None:
    """Run the worker until the workflow has seen so many results."""
    with subprocess.Popen(command(directory), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        file = directory / "effects.seen"
        while worker.poll() is None and len(numbers(file)) < seen:
            time.sleep(0.0002)
        os.kill(worker.pid, signal.SIGKILL)
        out, err = worker.communicate(timeout=30)
        assert worker.returncode == -signal.SIGKILL, (out, err)


@pytest.mark.parametrize("kills", [(1,), (7, 20), (3, 9, 20)])
def test_a_killed_workflow_repeats_no_task_whose_result_it_saw(tmp_path: Path, kills: tuple[int, ...]) -> None:
    confirmed: set[int] = set()
    for seen in kills:
        before = Counter(numbers(tmp_path / "effects"))
        kill_after(tmp_path, seen)
        after = Counter(numbers(tmp_path / "effects"))
        assert not [number for number in confirmed if after[number] > before[number]]
        confirmed |= set(numbers(tmp_path / "effects.seen"))
    before = Counter(numbers(tmp_path / "effects"))
    last = subprocess.run(command(tmp_path), capture_output=True, text=True, check=True, timeout=60)
    after = Counter(numbers(tmp_path / "effects"))
    assert last.stdout.strip() == str([number * 10 for number in range(CALLS)])
    assert confirmed
    assert not [number for number in confirmed if after[number] > before[number]]
    # Between a kill and the next start, at most the one task whose result was not stored yet ran twice.
    assert sum(after.values()) <= CALLS + len(kills)
