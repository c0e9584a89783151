"""One process: one workload on one runtime. `python -m benchmarks.child WORKLOAD RUNTIME SIZES-AS-JSON`.

Prints one line of JSON last: `{"measures": {...}}`, or `{"unavailable": "why"}` when the runtime cannot do this work. Any
other failure is a traceback and a non-zero exit code.
"""

from __future__ import annotations

import json
import sys


def main(arguments: list[str]) -> int:
    """Runs what `arguments` name and prints the JSON line."""
    from benchmarks.spec import Unavailable
    from benchmarks.workloads import load

    name, runtime, sizes = arguments
    program = load(name).programs[runtime]
    try:
        answer: dict[str, object] = {"measures": program(runtime, json.loads(sizes))}
    except Unavailable as reason:
        answer = {"unavailable": str(reason)}
    print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
