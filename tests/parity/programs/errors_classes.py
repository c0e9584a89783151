"""errors: Classes
errors: Codes

The public exceptions and what they can be caught as; the codes.
"""

from __future__ import annotations

import inspect

from actograph import errors


NAMES = [
    "GraphRecursionError",
    "InvalidUpdateError",
    "EmptyInputError",
    "EmptyChannelError",
    "TaskNotFound",
    "NodeTimeoutError",
    "NodeCancelledError",
]


def main(t):
    for name in NAMES:
        found = getattr(errors, name)
        t.record(
            name,
            inspect.isclass(found)
            and [kind.__name__ for kind in (Exception, RecursionError) if issubclass(found, kind)],
        )
    t.record("interrupt is a bubble", issubclass(errors.GraphInterrupt, errors.GraphBubbleUp))
    t.record("node interrupt is an interrupt", issubclass(errors.NodeInterrupt, errors.GraphInterrupt))
    t.record("codes", sorted(code.value for code in errors.ErrorCode))
