"""The bench harness: its structure and its arithmetic. No timing is asserted anywhere here."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import disk, measure, peers, report, runner, runtimes
from benchmarks.__main__ import RESULTS, main, parser, target
from benchmarks.runner import ROOT, Outcome, Result
from benchmarks.spec import Budget, Metric, Sizes, Unavailable, Workload
from benchmarks.workloads import NAMES, load

TINY = {"nodes": 3, "repeats": 1}
LATENCY = Metric("us", "one node", "us", budget=Budget(ratio=10, minimum=4))


def made(metric: Metric, **figures: list[float]) -> Result:
    """A result as if every runtime had shown these figures, one a round."""
    outcomes = {name: Outcome([{metric.key: value} for value in values]) for name, values in figures.items()}
    workload = Workload("made", "made up for {nodes} nodes", (metric,), {}, TINY, TINY)
    return Result(workload, outcomes, rounds=3, sizes=TINY)


@pytest.mark.parametrize("name", NAMES)
def test_every_workload_is_whole(name: str) -> None:
    workload = load(name)
    assert workload.name == name
    assert "actograph" in workload.programs
    assert "langgraph" in {*workload.programs, *workload.cannot}
    assert set(workload.programs) | set(workload.cannot) <= set(runtimes.RUNTIMES)
    assert not set(workload.programs) & set(workload.cannot)
    assert set(workload.full) == set(workload.quick)
    assert any(metric.budget for metric in workload.metrics)
    result = runner.prepare(workload, list(runtimes.RUNTIMES), 1, workload.full)
    assert "{" not in result.title() + "".join(result.label(metric) for metric in workload.metrics)


def test_an_unknown_workload_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no workload 'chian'; there are: chain, fanout"):
        load("chian")


def test_a_round_runs_every_runtime_before_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def measured(workload: Workload, runtime: str, sizes: Sizes) -> Outcome:
        asked.append(runtime)
        if runtime == "burr":
            return Outcome(failure="it broke")
        return Outcome([{"node_us": 1.0}])

    monkeypatch.setattr(runner, "measure", measured)
    result = runner.prepare(load("chain"), ["floor"], 3, TINY)
    result.outcomes = {"floor": Outcome(), "burr": Outcome(), "langgraph": Outcome(absent="not installed")}
    steps = list(runner.run(result))
    # A runtime that has failed is not asked again, one that is absent never.
    assert asked == ["floor", "burr", "floor", "floor"]
    assert [step.round for step in steps] == [1, 1, 2, 3]
    assert steps[1].text == "failed: it broke"
    assert result.outcomes["burr"].failure == "it broke"


def test_a_process_measures_and_answers_in_json() -> None:
    outcome = runner.measure(load("chain"), "floor", TINY)
    assert outcome.failure is None
    assert outcome.absent is None
    assert outcome.rounds[0]["node_us"] >= outcome.rounds[0]["node_us:best"] > 0


def test_a_process_that_fails_says_why() -> None:
    outcome = runner.measure(load("chain"), "floor", {"repeats": 1})
    assert outcome.rounds == []
    assert outcome.failure == "KeyError: 'nodes'"


def test_the_reason_is_the_error_and_not_a_note_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = "Traceback (most recent call last):\n  File 'x.py', line 1\npackage.SomeError: it broke\nDuring task 'n1' with id 7\n"

    def failing(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, stdout="", stderr=trace)

    monkeypatch.setattr(subprocess, "run", failing)
    assert runner.measure(load("chain"), "floor", TINY).failure == "package.SomeError: it broke"
    trace = ""
    assert runner.measure(load("chain"), "floor", TINY).failure == "exit code 1 and no message"


def test_a_process_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def hanging(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired("python", timeout)

    monkeypatch.setattr(subprocess, "run", hanging)
    assert runner.measure(load("chain"), "floor", TINY).failure == "no answer within 180 s"


def test_a_peer_that_is_not_installed_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = runtimes.Runtime("burr", "Burr", "no_such_runtime.core", ("no-such-runtime",))
    monkeypatch.setitem(runtimes.RUNTIMES, "burr", nobody)
    result = runner.prepare(load("chain"), ["burr", "floor"], 1, TINY)
    assert runner.processes([result]) == 1
    assert [step.runtime.name for step in runner.run(result)] == ["floor"]
    table = report.detail(result)
    assert table.rows[0][table.headings.index("Burr")] == "-"
    assert "Burr: no_such_runtime.core is not installed." in table.notes
    assert nobody.versions() == {}


def test_a_runtime_without_a_program_is_a_dash_with_its_reason() -> None:
    result = runner.prepare(load("interrupt"), ["pydantic-graph", "langgraph-delta"], 1, {})
    assert list(runner.run(result)) == []
    table = report.detail(result)
    assert table.rows[0][table.headings.index("pydantic-graph")] == "-"
    assert "pydantic-graph: cannot pause a graph." in table.notes
    # A variant of a runtime has a column only where it has a program.
    assert "langgraph-delta" not in result.outcomes


def test_a_missing_module_of_a_runtime_is_unavailable_and_a_broken_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "halfroot").mkdir()
    (tmp_path / "halfroot" / "graph.py").write_text("import no_such_module_of_its_own\n")
    monkeypatch.syspath_prepend(tmp_path)
    api = runtimes.Api("halfroot")
    with pytest.raises(Unavailable, match=r"halfroot\.checkpoint\.memory is not installed"):
        _ = api.InMemorySaver
    with pytest.raises(ModuleNotFoundError, match="no_such_module_of_its_own"):
        _ = api.StateGraph
    with pytest.raises(AttributeError, match="StateGraf"):
        _ = api.StateGraf
    with pytest.raises(Unavailable, match=r"no_such_peer\.core is not installed"):
        peers.module("no_such_peer.core")


def test_quick_runs_and_writes_only_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = RESULTS.stat().st_mtime_ns if RESULTS.exists() else None
    out = tmp_path / "quick.md"
    assert main(["--quick", "--only", "chain", "--on", "floor", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Results\n")
    assert "sizes of `--quick`" in text
    assert "## A chain of 20 async no-op nodes, in memory" in text
    assert str(Path.home()) not in text
    assert (RESULTS.stat().st_mtime_ns if RESULTS.exists() else None) == before
    printed = capsys.readouterr().out
    assert "[  1/1]" in printed
    assert "Interpreter: " in printed
    assert "Summary" in printed


def test_only_a_full_run_writes_the_results(tmp_path: Path) -> None:
    assert target(parser().parse_args([])) == RESULTS
    assert target(parser().parse_args(["--rounds", "2"])) == RESULTS
    for partial in (["--quick"], ["--only", "chain"], ["--on", "actograph"]):
        assert target(parser().parse_args(partial)) is None
        assert target(parser().parse_args([*partial, "--out", str(tmp_path)])) == tmp_path
    with pytest.raises(SystemExit):
        parser().parse_args(["--rounds", "0"])


def test_a_failure_of_actograph_is_an_exit_code_and_of_a_peer_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(workload: Workload, runtime: str, sizes: Sizes) -> Outcome:
        return Outcome(failure="it broke") if runtime == broken else Outcome([{"node_us": 1.0}])

    monkeypatch.setattr(runner, "measure", failing)
    for name in ("actograph", "burr"):
        monkeypatch.setitem(runtimes.RUNTIMES, name, runtimes.Runtime(name, name, "json", peer=name == "burr"))
    arguments = ["--quick", "--only", "chain", "--on", "actograph", "burr"]
    broken = "burr"
    assert main(arguments) == 0
    broken = "actograph"
    assert main(arguments) == 1


def test_ratios_say_how_many_times_better() -> None:
    faster = made(LATENCY, actograph=[10, 30, 20], langgraph=[200, 100, 180], burr=[60, 50, 40], floor=[1, 1, 1])
    assert faster.median("actograph", LATENCY) == 20
    assert faster.ratio("langgraph", LATENCY) == 9
    assert faster.best_peer(LATENCY) == ("burr", 2.5)
    rate = Metric("rate", "runs", "/s", higher_is_better=True)
    more = made(rate, actograph=[100.0], langgraph=[20.0], burr=[200.0])
    assert more.ratio("langgraph", rate) == 5
    assert more.best_peer(rate) == ("burr", 0.5)
    alone = made(LATENCY, actograph=[10.0])
    assert alone.ratio("langgraph", LATENCY) is None
    assert alone.best_peer(LATENCY) is None


@pytest.mark.parametrize(
    ("budget", "ours", "theirs", "said"),
    [
        (Budget(ratio=10, minimum=4), 1.0, 10.0, "met"),
        (Budget(ratio=10, minimum=4), 1.0, 4.0, "minimum met"),
        (Budget(ratio=10, minimum=4), 1.0, 3.9, "missed"),
        (Budget(ratio=10), 1.0, 9.0, "missed"),
        # Where there is a ratio it decides, whatever the absolute figure says.
        (Budget(ratio=10, limit=0.5), 1.0, 10.0, "met"),
        (Budget(limit=2, exact=True), 2.0, 1.0, "met"),
        (Budget(limit=2, maximum=4, exact=True), 3.0, 1.0, "minimum met"),
        (Budget(limit=2, maximum=4, exact=True), 5.0, 1.0, "missed"),
        (None, 1.0, 1.0, "-"),
    ],
)
def test_verdicts(budget: Budget | None, ours: float, theirs: float, said: str) -> None:
    metric = Metric("us", "one node", "us", budget=budget)
    result = made(metric, actograph=[ours], langgraph=[theirs])
    assert report.verdict(result, metric) == said
    assert report.verdict(made(metric, langgraph=[theirs]), metric) == "-"
    result.judged = False
    assert report.verdict(result, metric) == "-"


def test_tables_read_the_same_in_markdown_and_in_plain_text() -> None:
    result = made(LATENCY, actograph=[10.0], langgraph=[1234.5], burr=[38.25])
    result.outcomes["burr"].rounds[0]["us:best"] = 30.0
    table = report.detail(result)
    assert table.title == "made up for 3 nodes"
    assert table.rows == (
        ("one node, us", "10", "1,234", "38.2 (30)", "123x", "3.8x (Burr)", "10x LangGraph (at least 4x)", "met"),
    )
    text = report.markdown({"Interpreter": "CPython"}, [result])
    assert "| " + " | ".join(table.rows[0]) + " |" in text
    assert all(cell in report.plain(table) for cell in table.rows[0])
    assert report.summary([result]).rows[0][:4] == ("made", "one node", "10 us", "1,234 us")


def test_clock_and_percentiles() -> None:
    times = measure.Clock()
    with times.lap(4):
        pass
    assert times.units == 4
    assert set(times.microseconds("us")) == {"us", "us:best"}
    values = [float(value) for value in range(1, 101)]
    assert measure.percentile(values, 0.5) == 50
    assert measure.percentile(values, 0.99) == 99
    assert measure.percentile([7.0], 0.99) == 7
    with pytest.raises(RuntimeError, match="steps: got 3, expected 4"):
        measure.expect("steps", 3, 4)
    assert measure.resident_bytes() > 1_000_000


def test_databases_are_weighed_without_their_log(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (v BLOB)")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
        connection.commit()
        assert disk.stored_bytes(path) >= 100_000
        assert path.with_name("some.db-wal").stat().st_size == 0
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(RuntimeError, match=r"some\.db: a reader or writer is still open"):
            disk.stored_bytes(path, timeout=0.05)
    with disk.scratch() as directory:
        assert directory.is_dir()
    assert not directory.exists()


def test_profile_prints_calls_per_node() -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.profile",
            "chain",
            "--on",
            "floor",
            "--size",
            "nodes=5",
            "--size",
            "repeats=2",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "calls a unit" in ended.stdout
    assert "units measured" in ended.stdout
    assert json.loads(ended.stdout.splitlines()[0].split("sizes ")[1]) == {"nodes": 5, "repeats": 2}
