"""Law 1: a durable run that is killed at any moment goes on, loses nothing that was stored, and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("worker.py")
ROUNDS = 100
SUPERSTEPS = 2 * ROUNDS
LINES = 4 * ROUNDS

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")


def command(directory: Path, durability: str) -> list[str]:
    return [
        sys.executable,
        str(WORKER),
        str(directory / "state.db"),
        str(directory / "effects"),
        durability,
        str(ROUNDS),
    ]


def effects(directory: Path) -> list[tuple[int, str]]:
    file = directory / "effects"
    if not file.exists():
        return []
    return [(int(superstep), node) for superstep, node in (line.split() for line in file.read_text().splitlines())]


def kill_when(directory: Path, lines: int, delay: float, durability: str) -> bool:
    """Run the worker until it has left so many side effects, and a moment longer; true when it was killed before its end."""
    with subprocess.Popen(
        command(directory, durability), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as worker:
        file = directory / "effects"
        while worker.poll() is None and (not file.exists() or file.read_bytes().count(b"\n") < lines):
            time.sleep(0.0002)
        time.sleep(delay)
        os.kill(worker.pid, signal.SIGKILL)
        out, err = worker.communicate(timeout=30)
        assert not err, err
        return worker.returncode == -signal.SIGKILL and not out


def check_integrity(directory: Path) -> None:
    connection = sqlite3.connect(directory / "state.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


def undisturbed(directory: Path, durability: str) -> str:
    directory.mkdir()
    return subprocess.run(command(directory, durability), capture_output=True, text=True, check=True, timeout=60).stdout


def crash(tmp_path: Path, kills: int, durability: str, per_run: int = 5) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    expected = undisturbed(tmp_path / "undisturbed", durability)
    counted = 0
    run = 0
    while counted < kills:
        run += 1
        directory = tmp_path / f"run{run}"
        directory.mkdir()
        last = 0
        for lines in sorted(chance.sample(range(1, LINES - 8), min(per_run, kills - counted))):
            if kill_when(directory, max(lines, last + 1), chance.random() * 0.002, durability):
                counted += 1
            check_integrity(directory)
            last = len(effects(directory))
        final = subprocess.run(command(directory, durability), capture_output=True, text=True, timeout=60)
        assert final.returncode == 0, final.stderr
        assert final.stdout == expected
        check_integrity(directory)
        newest = -1
        ran = set()
        for superstep, node in effects(directory):
            assert superstep >= newest, f"superstep {superstep} ran again although {newest} had started (seed {seed})"
            newest = superstep
            ran.add((superstep, node))
        assert len(ran) == LINES, "every node of every superstep ran"
    assert counted == kills
    print(f"{counted} kills in {run} runs of {SUPERSTEPS} supersteps")


@pytest.mark.timeout(180)
def test_ten_kills_under_sync_durability(tmp_path: Path) -> None:
    crash(tmp_path, 10, "sync")


@pytest.mark.long
@pytest.mark.timeout(900)
def test_fifty_kills_under_sync_durability(tmp_path: Path) -> None:
    crash(tmp_path, 50, "sync", per_run=1)
