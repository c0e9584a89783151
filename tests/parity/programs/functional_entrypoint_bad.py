"""functional: entrypoint

What an entrypoint refuses: no parameter, generators, no input, a thread it does not know, more than one required parameter.
"""

from __future__ import annotations

from actograph.func import entrypoint


def nothing():
    return 1


def two(one, other):
    return one + other


def with_default(one, other=5):
    return one + other


def counting(number):
    yield number


async def acounting(number):
    yield number


def same(value):
    return value


def main(t):
    with t.raises("no parameter", culprit=["nothing"]):
        entrypoint()(nothing)
    with t.raises("generator", culprit=["counting"]):
        entrypoint()(counting)
    with t.raises("async generator", culprit=["acounting"]):
        entrypoint()(acounting)
    with t.raises("two parameters"):
        entrypoint()(two).invoke(1)
    t.record("a default", entrypoint()(with_default).invoke(1))
    app = entrypoint(checkpointer=t.saver())(same)
    with t.raises("no input"):
        app.invoke(None, t.thread())
    t.record("falsy inputs", [app.invoke(value, t.thread()) for value in (0, "", [], {}, False)])
    t.record("None returned", list(entrypoint(checkpointer=t.saver())(lambda _: None).stream(1, t.thread())))
    with t.raises("sync time-out", culprit=["same"]):
        entrypoint(timeout=1)(same)
