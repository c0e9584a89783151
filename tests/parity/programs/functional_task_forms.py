"""functional: task

What a task may be made of: functions, lambdas, partials, bound methods, callable objects; results of any kind; a name of its own.
"""

from __future__ import annotations

import functools

from actograph.func import entrypoint, task


class Shop:
    def __init__(self, rate):
        self.rate = rate

    def price(self, amount):
        return amount * self.rate


class Adder:
    def __call__(self, number):
        return number + 1


def add(one, other):
    return one + other


def countdown(number):
    while number:
        yield number
        number -= 1


FORMS = {
    "lambda": task(lambda number: -number),
    "bound method": task(Shop(3).price),
    "object": task(Adder()),
    "named partial": task(functools.partial(add, other=7), name="plus seven"),
    "generator": task(countdown),
    "with arguments": task(name="sum")(lambda *numbers: sum(numbers)),
    "builtin": task(abs),
}


def main(t):
    for label, form in FORMS.items():

        @entrypoint(checkpointer=t.saver() if label != "generator" else None)
        def run(number, form=form, label=label):
            result = form(number).result()
            return list(result) if label == "generator" else result

        chunks = list(run.stream(3, t.thread()))
        t.record(label, chunks[-1:] if label == "generator" else chunks)
