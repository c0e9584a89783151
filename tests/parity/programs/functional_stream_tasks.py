"""functional: Stream; stream: tasks

The tasks mode shows the start and the end of every call, with its arguments; a call whose result was saved only starts.
"""

from __future__ import annotations

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


@task
def work(number, *, extra=0):
    return number + extra


@task
def fail():
    raise ValueError("no")


def main(t):
    @entrypoint(checkpointer=t.saver())
    def flow(number):
        first = work(number, extra=5).result()
        answer = interrupt("more?")
        return first + work(answer).result()

    @entrypoint(checkpointer=t.saver())
    def catches(_):
        try:
            fail().result()
        except ValueError:
            return "caught"

    config = t.thread()
    t.record("to the question", list(flow.stream(1, config, stream_mode="tasks")))
    t.record("resumed", list(flow.stream(Command(resume=2), config, stream_mode="tasks")))
    t.record("failing", list(catches.stream(1, t.thread(), stream_mode="tasks")))
