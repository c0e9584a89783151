"""functional: Replay; hitl: interrupt

Questions asked inside tasks: one, several in a row, in a task of a task; the caller pauses, and only the asking task runs again.
"""

from __future__ import annotations

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt

MODES = ["updates", "values"]


def main(t):
    log = []

    @task
    def work(number):
        log.append(f"work {number}")
        return number + 1

    @task
    def ask(text):
        log.append(f"ask {text}")
        return interrupt(text)

    @task
    def ask_twice():
        log.append("ask_twice")
        return [interrupt("one?"), interrupt("two?")]

    @task
    def nested(number):
        log.append("nested")
        before = work(number).result()
        return [before, interrupt("inner?"), work(100).result()]

    def in_a_row(number):
        return [work(number).result(), ask("name").result(), ask("age").result()]

    flows = {
        "in a row": in_a_row,
        "twice in a task": lambda _: ask_twice().result(),
        "nested": lambda number: nested(number).result(),
    }
    for label, flow in flows.items():
        app = entrypoint(checkpointer=t.saver())(named(label, flow))
        config = t.thread()
        t.record(f"{label}: started", list(app.stream(1, config, stream_mode=MODES)))
        for turn in range(2 if label != "nested" else 1):
            t.snapshot(f"{label}: paused {turn}", app.get_state(config))
            t.record(
                f"{label}: answered {turn}", list(app.stream(Command(resume=f"a{turn}"), config, stream_mode=MODES))
            )
        t.history(f"{label}: history", app.get_state_history(config))
        t.record(f"{label}: log", log[:])
        log.clear()


def named(label, flow):
    flow.__name__ = label.replace(" ", "_")
    return flow
