"""`python -m tests.parity <program>... [--root actograph|langgraph]`: print what programs record, or how roots differ.

With one root the records are printed. With none, both roots run, and each difference is printed; the exit status says
whether there was one. `all` stands for every program.
"""

from __future__ import annotations

import argparse
import traceback

from .differences import allowed_labels
from .harness import OWN_ROOT, REFERENCE_ROOT, compare, program_names, run_program, show


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("program", nargs="+", help="file names in tests/parity/programs without suffix, or a prefix*")
    parser.add_argument("--root", choices=[OWN_ROOT, REFERENCE_ROOT])
    parser.add_argument("-q", "--quiet", action="store_true", help="one line a program")
    arguments = parser.parse_args()
    names: list[str] = []
    for pattern in arguments.program:
        if pattern == "all" or pattern.endswith("*"):
            prefix = "" if pattern == "all" else pattern[:-1]
            names += [name for name in program_names() if name.startswith(prefix)]
        else:
            names.append(pattern.removesuffix(".py").rsplit("/", 1)[-1])
    failed = 0
    for name in names:
        try:
            problems = _one(name, arguments.root, arguments.quiet)
        except Exception:
            problems = [traceback.format_exc(limit=-4)]
        failed += bool(problems)
        if problems and arguments.quiet:
            print(f"{name}: {problems[0].strip().splitlines()[-1]}")
        elif problems or arguments.root is None:
            print(f"{name}: {'differs' if problems else 'equal'}", *problems, sep="\n")
    print(f"{len(names) - failed} of {len(names)} programs are fine")
    return 1 if failed else 0


def _one(name: str, root: str | None, quiet: bool) -> list[str]:
    if root is not None:
        observed = run_program(name, root)
        if not quiet:
            print(f"# {name} on {root}\n{show(observed.settled())}")
        return observed.problems
    return compare(run_program(name, REFERENCE_ROOT), run_program(name, OWN_ROOT), allowed_labels(name))


if __name__ == "__main__":
    raise SystemExit(main())
