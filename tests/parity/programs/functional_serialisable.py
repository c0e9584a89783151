"""functional: Serialisable

Inputs, results of tasks and of entrypoints that cannot be stored raise TypeError when they are to be stored; the thread goes on after.
"""

from __future__ import annotations

import threading

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.func import entrypoint, task


@task
def lock():
    return threading.Lock()


@task
def plain():
    return {"day": 1, "bytes": b"x", "set": {1}}


def refused(t, label, run):
    try:
        run()
    except TypeError as error:
        t.record(label, "lock" in str(error))
    else:
        t.record(label, "stored")


def main(t):
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:

        @entrypoint(checkpointer=saver)
        def returns(kind):
            return threading.Lock() if kind == "lock" else kind

        @entrypoint(checkpointer=saver)
        def calls(kind):
            if kind == "lock":
                return str(type(lock().result()))
            return plain().result()

        refused(t, "input", lambda: returns.invoke(threading.Lock(), t.thread()))
        config = t.thread()
        refused(t, "result", lambda: returns.invoke("lock", config))
        t.record("after it", returns.invoke("fine", config))
        refused(t, "result of a task", lambda: calls.invoke("lock", t.thread()))
        t.record("plain", calls.invoke("plain", t.thread()))
