"""functional: task

An async task called from a sync function under `invoke`: LangGraph refuses it, here it runs.
"""

from __future__ import annotations

from actograph.func import entrypoint, task


@task
async def double(number):
    return number * 2


def main(t):
    @entrypoint()
    def flow(number):
        return double(number).result()

    try:
        t.record("async task", flow.invoke(2))
    except RuntimeError as error:
        t.record("async task", type(error).__name__)
