"""Every example runs as a user runs it: as a script in a process of its own, in an empty directory."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
ENVIRONMENT = {**os.environ, "PYTHONIOENCODING": "utf-8"}
NO_SIGKILL = not hasattr(signal, "SIGKILL")


def run(name: str, cwd: Path, *arguments: str) -> str:
    """Run an example; returns what it printed, after checking that it succeeded and complained about nothing."""
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    streams = {"stdin": subprocess.DEVNULL, "capture_output": True, "encoding": "utf-8"}
    done = subprocess.run(command, cwd=cwd, env=ENVIRONMENT, timeout=50, check=False, **streams)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{name} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.stderr == ""
    return str(done.stdout)


def outbox(state: Path) -> dict[str, tuple[str, int]]:
    """key -> (draft, attempts) of what the publishing desk sent out."""
    with closing(sqlite3.connect(state / "outbox.sqlite")) as db:
        return {
            key: (draft, attempts) for key, draft, attempts in db.execute("SELECT key, draft, attempts FROM outbox")
        }


def log_lines(output: str, tag: str) -> list[str]:
    return [line for line in output.splitlines() if re.match(rf" *[\d.]+s {tag} ", line)]


def test_hello_is_the_readme_example(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0]
    shown = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)[0]
    assert code in (EXAMPLES / "hello.py").read_text(encoding="utf-8")
    assert run("hello.py", tmp_path) == shown
    assert (tmp_path / "desk.sqlite").is_file()
    assert run("hello.py", tmp_path) == shown, "a second conversation on the stored thread"


def test_interrupt_in_place_enters_the_node_once(tmp_path: Path) -> None:
    output = run("interrupt_in_place.py", tmp_path)
    together, apart = output.split("two event loops")
    assert "entered: held 1, lookup 1, replayed 2" in together
    assert "entered: held 2, lookup 2, replayed 2" in apart
    assert "equal ends: True ['red', 'large', 'yes']" in apart


def test_streaming(tmp_path: Path) -> None:
    live, first, sync = re.split(r"\n\n.*\n", run("streaming.py", tmp_path).strip())
    lines = [line.split(maxsplit=1) for line in live.splitlines()]
    assert sorted(chunk for mode, chunk in lines if mode == "custom") == sorted("actorspassmessages")
    assert [mode for mode, _ in lines if mode == "values"] == ["values"] * 3
    assert lines[-1][1].endswith("'longest': 'MESSAGES'}")
    # Chunks come while their nodes run: the first letters of all three words before any word is complete.
    before = lines[1 : next(i for i, (mode, _) in enumerate(lines) if mode == "updates")]
    assert {"a", "p", "m"} <= {chunk for _, chunk in before}
    assert first == "{'shout': {'words': ['PASS']}}"
    expected = [f"{{'shout': {{'words': ['{word}']}}}}" for word in ("ACTORS", "MESSAGES", "PASS")]
    assert sorted(sync.splitlines()) == ["{'judge': {'longest': 'MESSAGES'}}", *expected]


@pytest.mark.parametrize("seed", [1, pytest.param(7, marks=pytest.mark.long)])
def test_approval_publishes_each_draft_once_although_its_worker_is_killed_twice(tmp_path: Path, seed: int) -> None:
    output = run("approval.py", tmp_path, "--state", "state", "--seed", str(seed), "--pace", "0.15")

    kills, resumes = log_lines(output, "KILL"), log_lines(output, "RESUME")
    assert len(kills) == len(resumes) == 2, output
    assert "in the middle of writing" in kills[0] and "between publishing and commit" in kills[1]
    assert NO_SIGKILL or all("SIGKILL" in line for line in kills)
    assert resumes[0].endswith("at: write"), "the two drafts that were written are not written again"
    assert "publish" in resumes[1], "the killed publication was not in the database"
    workers = {re.findall(r"worker (\d+)", line)[0] for line in [*log_lines(output, "START"), *resumes]}
    assert len(workers) == 3

    victim = re.findall(r"KILL +(\w+)", kills[1])[0]
    published = outbox(tmp_path / "state")
    drafts = [draft for draft, _ in published.values()]
    assert len(drafts) == len(set(drafts)) == 3
    assert [draft for draft, attempts in published.values() if attempts == 2] == [victim]
    assert sum(key.endswith("/r2") for key in published) == 1, "one draft was rejected, revised and asked again"
    recognised = [line for line in output.splitlines() if "second attempt recognised" in line]
    assert len(recognised) == 1 and f"issue-1/{victim}/r" in recognised[0]
    assert re.search(r"ASK +- +3 waiting", output) and re.search(r"ASK +- +2 waiting", output), "a partial answer"
    assert "FAILED" not in output


@pytest.mark.skipif(NO_SIGKILL, reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    "moment", ["OUTBOX", *(pytest.param(m, marks=pytest.mark.long) for m in ("written", "EDITOR"))]
)
def test_approval_goes_on_after_the_desk_itself_was_killed(tmp_path: Path, moment: str) -> None:
    arguments = ["--state", str(tmp_path / "state"), "--pace", "0.15"]
    command = [sys.executable, str(EXAMPLES / "approval.py"), *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8") as desk:
        assert desk.stdout is not None
        assert any(moment in line for line in desk.stdout), f"the desk ended before {moment!r}"
        desk.kill()
    output = run("approval.py", tmp_path, *arguments)
    assert log_lines(output, "RESUME") and not log_lines(output, "START"), output
    published = outbox(tmp_path / "state")
    assert {key.split("/")[0] for key in published} == {"issue-1"}
    drafts = [draft for draft, _ in published.values()]
    assert len(drafts) == len(set(drafts)) == 3


def test_approval_needs_its_one_file_only(tmp_path: Path) -> None:
    """A copy of it, elsewhere, without its screen: the wheel is enough."""
    shutil.copy(EXAMPLES / "approval.py", tmp_path)
    output = run(str(tmp_path / "approval.py"), tmp_path, "--auto", "--pace", "0.05")
    assert "│ publish │" in output
    assert "3 drafts published, each exactly once" in output


def in_terminal(script: Path, state: Path, *answers: str) -> str:
    """Run the desk in a pseudo-terminal, type one answer for each prompt; returns what the terminal received."""
    import pty

    master, terminal = pty.openpty()
    command = [sys.executable, str(script), "--pace", "0.05", "--state", str(state)]
    environment = {**ENVIRONMENT, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    with subprocess.Popen(command, env=environment, start_new_session=True, **streams) as desk:  # type: ignore[call-overload]
        os.close(terminal)
        seen, left = "", list(answers)
        try:
            while text := os.read(master, 65536):
                seen += text.decode("utf-8", "replace")
                if seen.count("[l]ater? ") + seen.count("What should change? ") > len(answers) - len(left):
                    os.write(master, f"{left.pop(0)}\n".encode())
        except OSError:  # Linux: the terminal is gone when its last process is
            pass
        finally:
            os.close(master)
        assert desk.wait(10) == 0, seen
    return seen


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_approval_in_a_terminal_draws_the_graph_and_asks(tmp_path: Path) -> None:
    pytest.importorskip("rich")
    # One answer is nonsense and asked for again, one is put off, one rejects with a note.
    seen = in_terminal(EXAMPLES / "approval.py", tmp_path, "?", "l", "a", "r", "on Sunday", "a", "a")
    assert "\x1b[1;30;43m publish " in seen, "a running node is marked in the picture"
    assert "rejected: on Sunday" in seen
    assert "second attempt recognised" in seen and "killed 2x, resumed 2x" in seen
    assert [key[-3:] for key in outbox(tmp_path)].count("/r2") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_approval_in_a_terminal_without_rich_says_what_to_install(tmp_path: Path) -> None:
    for name in ("approval.py", "approval_screen.py"):
        shutil.copy(EXAMPLES / name, tmp_path)
    (tmp_path / "rich.py").write_text("raise ImportError('No module named rich')\n", encoding="utf-8")
    seen = in_terminal(tmp_path / "approval.py", tmp_path / "state", "a", "a", "a")
    assert "pip install 'actograph[cli]'" in seen
    assert "│ publish │" in seen and "3 drafts published, each exactly once" in seen


def test_approval_help_names_its_options(tmp_path: Path) -> None:
    output = run("approval.py", tmp_path, "--help")
    assert all(option in output for option in ("--auto", "--plain", "--state", "--seed", "--pace"))
    assert "--worker" not in output
