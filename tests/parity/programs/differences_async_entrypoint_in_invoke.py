"""exec: Async; functional: entrypoint

An async entrypoint under `invoke`: LangGraph raises TypeError, here it runs. Deliberate: docs/decisions/0008.
"""

from __future__ import annotations

from actograph.func import entrypoint


@entrypoint()
async def flow(number):
    return number + 1


def main(t):
    try:
        t.record("async entrypoint", flow.invoke(1))
    except TypeError as error:
        t.record("async entrypoint", type(error).__name__)
