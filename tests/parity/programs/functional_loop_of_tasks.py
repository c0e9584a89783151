"""functional: task; functional: Replay

A loop with many calls, some parallel, and a decision by a person in each turn: what is left to do is found again each time.
"""

from __future__ import annotations

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


def main(t):
    log = []

    @task
    def draft(topic, turn):
        log.append(f"draft {turn}")
        return f"{topic} v{turn}"

    @task
    def grade(text):
        log.append(f"grade {text[-2:]}")
        return len(text)

    @entrypoint(checkpointer=t.saver())
    def review(topic, *, previous=None):
        turn = 0
        while True:
            text = draft(topic, turn).result()
            grades = [future.result() for future in [grade(text), grade(text * 2)]]
            verdict = interrupt({"text": text, "grades": grades})
            if verdict == "accept":
                return {"text": text, "turns": turn + 1, "before": previous and previous["text"]}
            turn += 1

    config = t.thread()
    t.record("asked", review.invoke("cats", config))
    t.record("again", review.invoke(Command(resume="no"), config))
    t.record("and again", review.invoke(Command(resume="no"), config))
    t.record("accepted", review.invoke(Command(resume="accept"), config))
    review.invoke("dogs", config)
    t.record("next topic", review.invoke(Command(resume="accept"), config))
    t.record("log", sorted(log))
    t.record("values", [snapshot.values for snapshot in review.get_state_history(config)])
