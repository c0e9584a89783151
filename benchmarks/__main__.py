"""`python -m benchmarks`: runs the workloads on every runtime that is installed; prints figures, writes RESULTS.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, progress, report
from benchmarks.runner import Result, prepare, processes, rounds_of, run
from benchmarks.runtimes import RUNTIMES
from benchmarks.workloads import NAMES, load

RESULTS = Path(__file__).parent / "RESULTS.md"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("--quick", action="store_true", help="tiny sizes, one round: shows that everything works")
    made.add_argument("--only", nargs="+", metavar="NAME", choices=NAMES, help=f"workloads: {', '.join(NAMES)}")
    made.add_argument(
        "--on", nargs="+", metavar="RUNTIME", choices=[*RUNTIMES], help=f"runtimes: {', '.join(RUNTIMES)}"
    )
    made.add_argument("--rounds", type=_positive, metavar="N", help="interleaved rounds of every workload")
    made.add_argument("--out", type=Path, metavar="PATH", help="where to write the report (Markdown)")
    return made


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} rounds measure nothing; give 1 or more")
    return value


def target(options: argparse.Namespace) -> Path | None:
    """Where the report goes: `--out`; RESULTS.md for a full run; nowhere for `--quick` and for a part of it."""
    if options.out is not None:
        return Path(options.out)
    partial = options.quick or options.only or options.on
    return None if partial else RESULTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what the command line asks for.

    Returns:
        0; 1 when Actograph itself failed at a workload (a peer that fails is a dash); 130 after Ctrl-C.
    """
    options = parser().parse_args(arguments)
    workloads = [load(name) for name in NAMES if not options.only or name in options.only]
    runtimes = [name for name in RUNTIMES if not options.on or name in options.on]
    results = [
        prepare(
            each,
            runtimes,
            rounds_of(each, options.rounds, options.quick),
            each.quick if options.quick else each.full,
            judged=not options.quick,
        )
        for each in workloads
    ]
    facts = machine.facts(runtimes)
    done: list[Result] = []
    interrupted = False
    with progress.make(processes(results)) as shown:
        for name, value in facts.items():
            shown.say(f"{name}: {value}")
        try:
            for result in results:
                for step in run(result):
                    shown.step(step)
                done.append(result)
                shown.table(report.detail(result))
        except KeyboardInterrupt:
            interrupted = True
            shown.say("interrupted; what follows is what had ended")
        shown.table(report.summary(done))
    path = target(options)
    if path is not None and not interrupted:
        note = (
            "These are the sizes of `--quick`: they show that everything works and measure little."
            if options.quick
            else ""
        )
        path.write_text(report.markdown(facts, done, note), encoding="utf-8")
        print(f"written: {path.name}")
    if interrupted:
        return 130
    return 1 if any(each.outcomes["actograph"].failure for each in done if "actograph" in each.outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
