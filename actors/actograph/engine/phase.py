"""What a run waits for."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """What the run waits for."""

    LOADING = 0
    BETWEEN = 1
    """Storage, or the reader."""
    RUNNING = 2
    """The tasks of a superstep."""
    ENDING = 3
    """Tasks that were told to stop."""
    CLOSING = 4
    """The last entries to be stored."""
    ENDED = 5
