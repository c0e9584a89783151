"""functional: previous and final

`previous` is what the thread's last run returned, or what `entrypoint.final(save=)` kept; another thread has its own; an update of the
state replaces it.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint


def main(t):
    saver = t.saver()

    @entrypoint(checkpointer=saver)
    def add(number: int, *, previous: int | None = None) -> int:
        return number + (previous or 0)

    @entrypoint(checkpointer=saver)
    async def running_total(number: int, *, previous: int | None = None) -> entrypoint.final[str, int]:
        total = number + (previous or 0)
        return entrypoint.final(value=f"+{number}", save=total)

    @entrypoint()
    def no_saver(number, previous=None):
        return previous

    one, other = t.thread(), t.thread()
    t.record("returned", [add.invoke(n, one) for n in (1, 2, 3)])
    t.record("another thread", add.invoke(10, other))
    t.history("history", add.get_state_history(one))
    kept = t.thread()
    t.record("kept", [asyncio.run(running_total.ainvoke(n, kept)) for n in (1, 2, 3)])
    t.record("kept, values", [snapshot.values for snapshot in running_total.get_state_history(kept)])
    t.record("no saver", [no_saver.invoke(1), no_saver.invoke(2)])
    add.update_state(one, 100)
    t.snapshot("after an update", add.get_state(one))
    t.record("goes on from the update", add.invoke(1, one))
    running_total.update_state(kept, entrypoint.final(value="set", save=50))
    t.record("shows the value", running_total.get_state(kept).values)
    t.record("goes on from what was saved", asyncio.run(running_total.ainvoke(1, kept)))
    final = entrypoint.final(value=1, save=2)
    t.record("final", [final.value, final.save, final == entrypoint.final(value=1, save=2)])
