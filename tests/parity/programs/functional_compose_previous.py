"""functional: Compose; functional: previous and final

An entrypoint inside another has no thread of its own: its `previous` is None; with a saver and a thread of its own it remembers.
"""

from __future__ import annotations

from actograph.func import entrypoint, task


def main(t):
    @entrypoint()
    def counts(number, *, previous=None):
        return number + (previous or 0)

    @entrypoint(checkpointer=t.saver())
    def own_thread(number, *, previous=None):
        return number + (previous or 0)

    @task
    def remember(number):
        return own_thread.invoke(number, {"configurable": {"thread_id": "of its own"}})

    @entrypoint(checkpointer=t.saver())
    def outer(number, *, previous=None):
        return [counts.invoke(number), counts.invoke(number), previous and previous[0]]

    @entrypoint()
    def elsewhere(number):
        return [remember(number).result(), remember(number).result()]

    config = t.thread()
    t.record("no thread of its own", [outer.invoke(1, config), outer.invoke(2, config)])
    t.record("a thread of its own", elsewhere.invoke(5))
