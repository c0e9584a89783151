"""Random graphs as programs: drawn by hypothesis, written out as source text, run on both roots, compared.

A drawn `Case` is plain data. `program_of` writes it as a program like those of `programs/`: against the public API with `actograph` as its
import root, with a `main(t)` that says what is compared. Run as a script, the text prints what it observes, so a failing case can be read,
edited and run by itself on either root.

Left out, because LangGraph does there what we do not want (numbers as in its issue list or our notes in `docs/differences.md`):
- a second bare answer or None after a bare answer to a node that asks twice: the first answer is given again;
- what a failing node's siblings leave behind, which depends on which thread was faster;
- what follows an InvalidUpdateError: its `get_state` raises it too;
- `get_state` of a pause whose finished tasks wrote one key twice: it raises InvalidUpdateError, so graphs that pause have reducers only;
- `update_state` in the name of a node that is about to run, or is deferred: where the update is shown in the history depends on its tasks;
- joins with durability "async": the set of a join is changed while it is being stored;
- deferred nodes beside `Send`s: they do not wait for them;
- a sub-graph compiled with `checkpointer=False` that pauses, or whose run has durability "sync": AttributeError;
- `Command(resume=...)` with the config of a past checkpoint: the old answer is given again.
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
from pathlib import Path

from .harness import REFERENCE_ROOT, Observed, compare
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
        with tempfile.TemporaryDirectory(prefix="parity-") as directory, warnings.catch_warnings():
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
    report = compare(run_source(source, REFERENCE_ROOT), run_source(source, OWN_ROOT))
    if not report:
        return ""
    return "\n".join([*report[:3], "", "# ---- the program, which runs by itself:", source])
