"""Random graphs as programs: drawn by hypothesis, written out as source text, run on both roots, compared.

A drawn `Case` is plain data. `program_of` writes it as a program like those of `programs/`: against the public API with `actograph` as its
import root, with a `main(t)` that says what is compared. Run as a script, the text prints what it observes, so a failing case can be read,
edited and run by itself on either root.

Left out, because LangGraph does there what we do not want (numbers as in its issue list or our notes in `docs/differences.md`):
- a second bare answer or None after a bare answer to a node that asks twice: the first answer is given again; in sub-graphs also to the
  next node that asks (#2870), whatever the answer then;
- a bare answer to a question that an update of its sub-graph has overtaken: whoever asks next gets it;
- a node that fails after it was answered: its question is still shown, a chunk says that it wrote None, and a second question that had its
  answer is asked again, so nothing fails after the second one;
- what a failing node's siblings leave behind, which depends on which thread was faster;
- what follows an InvalidUpdateError: its `get_state` raises it too;
- `get_state` of a pause whose finished tasks wrote one key twice: it raises InvalidUpdateError, so graphs that pause have reducers only;
- `update_state` in the name of a node that is about to run, or is deferred: where the update is shown in the history depends on its tasks;
- joins with durability "async": the set of a join is changed while it is being stored;
- deferred nodes beside `Send`s: they do not wait for them;
- a sub-graph compiled with `checkpointer=False` that pauses, or whose run has durability "sync": AttributeError;
- sub-graphs with a memory of their own (`checkpointer=True`): in the first superstep of a run that goes on they are skipped, or take up
  what they left elsewhere (#3206), so such graphs have no static breakpoints and are not continued after a recursion limit; with
  durability "exit" they find in the past what they stored later; called a second time two levels down, their commands for the parent
  reach the caller (#6409);
- two calls of a sub-graph in one node with durability "exit": the first one runs again and asks again;
- sync `@task` calls in nodes that run many times at once: they wait for each other's threads for ever;
- `Command(resume=...)` with the config of a past checkpoint: the old answer is given again.

Not compared, since we differ on purpose: what tasks show that wait for other answers (0009); the replayed calls of a node that waited in
place, which does not make them again; what is next when all tasks have ended, and the run was stopped before it went on: LangGraph says
nothing.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from .harness import REFERENCE_ROOT, Observed, collected_here, ordered, show
from .random_cases import Case, cases
from .random_programs import program_of
from .recorder import OWN_ROOT, Recorder

__all__ = ("Case", "cases", "differences", "program_of", "run_source")

_ROOT_NAME = re.compile(rf"\b{OWN_ROOT}\b")


def run_source(source: str, root: str) -> Observed:
    """Run a program's text on a root and return what it recorded."""
    if root != OWN_ROOT:
        source = _ROOT_NAME.sub(root, source)
    module = types.ModuleType(f"_random_{root}")
    sys.modules[module.__name__] = module
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            collected_here(root),
            tempfile.TemporaryDirectory(prefix="parity-") as directory,
            warnings.catch_warnings(),
        ):
            if root != OWN_ROOT:
                warnings.simplefilter("ignore")
            recorder = Recorder(root, Path(directory))
            exec(compile(source, f"<random graph on {root}>", "exec"), module.__dict__)
            outcome = module.__dict__["main"](recorder)
            if inspect.iscoroutine(outcome):
                asyncio.run(outcome)
    finally:
        logging.disable(disabled)
        del sys.modules[module.__name__]
    return Observed(root, recorder.entries, recorder.problems)


def differences(case: Case) -> str:
    """How the two roots differ on a case, followed by the program; empty when they agree."""
    source = program_of(case)
    want, got = run_source(source, REFERENCE_ROOT), run_source(source, OWN_ROOT)
    report = [*got.problems, *_first_differences(want, got)]
    if not report:
        return ""
    return "\n".join([*report, "", "# ---- the program, which runs by itself:", source])


def _first_differences(want: Observed, got: Observed) -> Iterator[str]:
    """Where the first labels that differ begin to differ. No diff is made: of long texts that takes minutes."""
    differing = [
        (one, other) for one, other in zip_longest(want.settled(), got.settled()) if ordered([one]) != ordered([other])
    ]
    for pair in differing[:3]:
        shown = [show([entry]).splitlines() if entry else ["nothing more"] for entry in pair]
        same = next((at for at, (one, other) in enumerate(zip(*shown, strict=False)) if one != other), 0)
        for observed, lines in zip((want, got), shown, strict=True):
            yield "\n".join(
                [f"--- {observed.root}: {lines[0]}, from line {same}", *lines[max(1, same - 3) : same + 12]]
            )
