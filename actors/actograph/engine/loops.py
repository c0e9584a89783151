"""Work for an event loop that another thread may be closing just now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


def call_in(loop: asyncio.AbstractEventLoop, callback: Callable[..., Any], *args: Any) -> None:
    """Have `callback(*args)` called in `loop` soon; from any thread. When the loop is closed, nobody is left there to be told."""
    try:
        loop.call_soon_threadsafe(callback, *args)
    except RuntimeError:
        if not loop.is_closed():
            raise
