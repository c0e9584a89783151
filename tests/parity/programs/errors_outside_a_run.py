"""exec: Context accessors
errors: Classes

What belongs to a run and is called outside one: `interrupt`, `get_config`, `get_stream_writer`.
"""

from __future__ import annotations

import asyncio

from actograph.config import get_config, get_stream_writer
from actograph.types import interrupt


def main(t):
    calls = {"interrupt": lambda: interrupt("?"), "get_config": get_config, "get_stream_writer": get_stream_writer}
    for name, call in calls.items():
        with t.raises(name):
            call()
    asyncio.run(in_a_loop(t, calls))


async def in_a_loop(t, calls):
    for name, call in calls.items():
        with t.raises(f"async {name}"):
            call()
