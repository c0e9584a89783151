"""functional: Replay; durability: Modes

In every durability a paused run is resumed without repeating its tasks; with `exit` they are stored when the run ends.
"""

from __future__ import annotations

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


def main(t):
    for mode in ("sync", "async", "exit"):
        log = []

        @task
        def work(number, log=log):
            log.append(number)
            return number + 1

        @entrypoint(checkpointer=t.saver())
        def flow(number, work=work):
            first = work(number).result()
            return [first, interrupt("q"), work(first).result()]

        config = t.thread()
        t.record(f"{mode}: paused", list(flow.stream(1, config, durability=mode)))
        t.record(f"{mode}: resumed", list(flow.stream(Command(resume="a"), config, durability=mode)))
        t.record(f"{mode}: log", log)
        t.history(f"{mode}: history", flow.get_state_history(config))
