"""Runs one program on one root, and compares what two roots observed.

A program is a file of `programs/`, written against the public API with `actograph` as its import root; for another
root the name is replaced in its text before it is compiled, so both roots run the same program.
"""

from __future__ import annotations

import asyncio
import difflib
import gc
import inspect
import pprint
import re
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .normalise import Placeholders, Plain, walk
from .recorder import OWN_ROOT, Recorder

REFERENCE_ROOT = "langgraph"
PROGRAMS = Path(__file__).parent / "programs"
_ROOT_NAME = re.compile(rf"\b{OWN_ROOT}\b")


@dataclass(frozen=True, slots=True)
class Observed:
    """What a program recorded on a root: labelled plain data with raw ids, and what is wrong on this root alone."""

    root: str
    entries: list[tuple[str, Plain]]
    problems: list[str] = field(default_factory=list)

    def settled(self, leave_out: frozenset[str] = frozenset()) -> list[tuple[str, Plain]]:
        """The entries with ids numbered and times masked, without the labels in `leave_out`."""
        placeholders = Placeholders()
        return [(label, walk(value, placeholders)) for label, value in self.entries if label not in leave_out]


@contextmanager
def collected_here(root: str) -> Iterator[None]:
    """Around a program on another root: what it drops is collected in this thread, when it has ended.

    A stream that LangGraph's user has dropped joins threads when it is collected. Where the collector happens to run while a thread is
    starting, that waits for itself for ever.
    """
    if root == OWN_ROOT or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # All that is new is in the first generation, as nothing was collected meanwhile.
        gc.collect(0)
        gc.enable()


def program_names() -> list[str]:
    """All programs, by file name without suffix, sorted."""
    return sorted(path.stem for path in PROGRAMS.glob("*.py") if not path.stem.startswith("_"))


def run_program(name: str, root: str) -> Observed:
    """Run the program `name` on `root` and return what it recorded. Raises what the program raises."""
    path = PROGRAMS / f"{name}.py"
    source = path.read_text(encoding="utf-8")
    if root != OWN_ROOT:
        source = _ROOT_NAME.sub(root, source)
    module_name = f"_parity_{root}_{name}"
    module = types.ModuleType(module_name)
    module.__file__ = str(path)
    # Schemas resolve their annotations through sys.modules, so the module has to be found there while it runs.
    sys.modules[module_name] = module
    try:
        with (
            collected_here(root),
            tempfile.TemporaryDirectory(prefix="parity-") as directory,
            warnings.catch_warnings(),
        ):
            if root != OWN_ROOT:
                warnings.simplefilter("ignore")
            recorder = Recorder(root, Path(directory))
            exec(compile(source, str(path), "exec"), module.__dict__)
            outcome = module.__dict__["main"](recorder)
            if inspect.iscoroutine(outcome):
                asyncio.run(outcome)
    finally:
        del sys.modules[module_name]
    if not recorder.entries:
        raise AssertionError(f"program {name} recorded nothing")
    return Observed(root, recorder.entries, recorder.problems)


def ordered(value: Plain) -> Plain:
    """`value` with dicts as lists of pairs, so that the order of keys takes part in comparisons."""
    if isinstance(value, dict):
        return ("dict", [(key, ordered(item)) for key, item in value.items()])
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, (bool, int, float)):
        return (type(value).__name__, value)
    return value


def show(entries: list[tuple[str, Plain]]) -> str:
    """The entries as text, one label after another."""
    return "\n".join(f"## {label}\n{pprint.pformat(value, width=110, sort_dicts=False)}" for label, value in entries)


def compare(expected: Observed, actual: Observed, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Differences between two roots, as readable text; empty when equal. `allowed` names labels that must differ."""
    report = list(actual.problems)
    want, got = expected.settled(allowed), actual.settled(allowed)
    want_labels, got_labels = [label for label, _ in want], [label for label, _ in got]
    if want_labels != got_labels:
        report.append(f"labels: expected {want_labels}, got {got_labels}")
    found = dict(got)
    for label, value in want:
        if label in found and ordered(value) != ordered(found[label]):
            lines = difflib.unified_diff(
                show([(label, value)]).splitlines(),
                show([(label, found[label])]).splitlines(),
                expected.root,
                actual.root,
                lineterm="",
                n=2,
            )
            report.append("\n".join(lines))
    all_want, all_got = dict(expected.settled()), dict(actual.settled())
    for label in sorted(allowed):
        if label not in all_want:
            report.append(f"docs/differences.md allows a difference at {label!r}, which the program does not record")
        elif ordered(all_want[label]) == ordered(all_got.get(label)):
            report.append(f"docs/differences.md allows a difference at {label!r}, but there is none")
    return report
