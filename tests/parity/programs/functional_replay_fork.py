"""functional: Replay; travel: Replay

Going on from a checkpoint of the past runs the tasks again; new input on a paused thread begins afresh.
"""

from __future__ import annotations

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


def main(t):
    log = []

    @task
    def work(number):
        log.append(number)
        return number + 1

    @entrypoint(checkpointer=t.saver())
    def flow(number, *, previous=None):
        return [work(number).result(), interrupt("q"), previous]

    config = t.thread()
    flow.invoke(1, config)
    t.record("done", flow.invoke(Command(resume="a"), config))
    start = list(flow.get_state_history(config))[-1]
    t.record("replayed", list(flow.stream(None, start.config, stream_mode=["updates", "values"])))
    t.history("history", flow.get_state_history(config))
    t.record("answered again", flow.invoke(Command(resume="b"), config))
    t.record("log", log[:])
    log.clear()
    other = t.thread()
    flow.invoke(1, other)
    t.record("new input", flow.invoke(7, other))
    t.record("its end", flow.invoke(Command(resume="c"), other))
    t.history("its history", flow.get_state_history(other))
    t.record("its log", log)
