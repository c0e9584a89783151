"""functional: Serialisable; functional: Replay

Results of tasks come back with their types when another process, here another saver on the file, resumes the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


class Colour(Enum):
    RED = "red"


@dataclass
class Trip:
    place: str
    day: date


log: list[str] = []


@task
def plan() -> Trip:
    log.append("plan")
    return Trip("Oslo", date(2026, 1, 2))


@task
def colour() -> Colour:
    log.append("colour")
    return Colour.RED


@task
def many() -> dict:
    log.append("many")
    return {"id": UUID(int=7), "none": None, "set": {1, 2}}


def flow(_):
    parts = [plan().result(), colour().result(), many().result()]
    answer = interrupt("go?")
    return [repr(part) for part in parts] + [answer]


def main(t):
    log.clear()
    path = t.sqlite_path()
    config = t.thread()
    with SqliteSaver.from_conn_string(path) as saver:
        t.record("paused", entrypoint(checkpointer=saver)(flow).invoke(0, config))
    with SqliteSaver.from_conn_string(path) as saver:
        t.record("resumed", entrypoint(checkpointer=saver)(flow).invoke(Command(resume="yes"), config))
    t.record("log", log)
