"""functional: Error, then resume; functional: Replay

After a failure `invoke(None)` runs the function again; tasks that had ended are not repeated, the failed one is.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task


def main(t):
    log = []
    broken = {"is": True}

    @task
    def good(number):
        log.append(f"good {number}")
        return number

    @task
    def bad(number):
        log.append("bad")
        if broken["is"]:
            raise ValueError("network")
        return number * 2

    def flow(number):
        log.append("flow")
        one = good(number).result()
        two = bad(one).result()
        return [one, two, good(two).result()]

    app = entrypoint(checkpointer=t.saver())(flow)
    config = t.thread()
    with t.raises("fails", culprit=["network"]):
        app.invoke(3, config)
    t.snapshot("state", app.get_state(config))
    with t.raises("fails again"):
        app.invoke(None, config)
    broken["is"] = False
    t.record("goes on", list(app.stream(None, config, stream_mode=["updates", "values"])))
    t.record("log", log[:])
    t.history("history", app.get_state_history(config))
    t.record("nothing left", app.invoke(None, config))
    log.clear()
    broken["is"] = True
    asyncio.run(in_a_loop(t, app, broken))
    t.record("async log", log)


async def in_a_loop(t, app, broken):
    config = t.thread()
    with t.raises("async fails"):
        await app.ainvoke(1, config)
    broken["is"] = False
    t.record("async goes on", await app.ainvoke(None, config))
