"""An essay writer in the functional API: tasks in parallel, a review by a person in the middle, and drafts that are kept between calls.

What a task returned is recorded, so that the pause for the person, or a failure, does not do finished work again.
"""

from __future__ import annotations

from typing import Any, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.config import get_stream_writer
from actograph.func import entrypoint, task
from actograph.types import Command, RetryPolicy, interrupt

calls: dict[str, int] = {}


def count(name: str) -> int:
    calls[name] = calls.get(name, 0) + 1
    return calls[name]


class Essay(TypedDict):
    topic: str
    text: str
    number: int


@task
def outline(topic: str) -> list[str]:
    count("outline")
    return [f"what {topic} are", f"why {topic} matter", f"where {topic} go wrong"]


@task(retry_policy=RetryPolicy(initial_interval=0.01, retry_on=ConnectionError))
def write_section(heading: str) -> str:
    """The model is not always there: the first call for a section fails."""
    if "wrong" in heading and count("write_section: wrong") == 1:
        raise ConnectionError("model is away")
    count("write_section")
    return f"{heading.capitalize()}: three good sentences."


@task
def revise(text: str, note: str) -> str:
    count("revise")
    return f"{text}\n[revised: {note}]"


@entrypoint(checkpointer=InMemorySaver())
def essay_writer(topic: str, *, previous: Essay | None = None) -> Any:
    """Write an essay, ask a person until it is good, and remember it for the next call of the thread."""
    write = get_stream_writer()
    headings = outline(topic).result()
    number = (previous["number"] if previous else 0) + 1
    write(f"essay {number} of this thread, {len(headings)} sections")
    sections = [write_section(heading) for heading in headings]
    text = "\n".join(section.result() for section in sections)
    rounds = 0
    while True:
        answer = interrupt({"question": "Good enough?", "length": len(text.splitlines()), "round": rounds})
        if answer == "yes":
            break
        rounds += 1
        text = revise(text, answer).result()
    essay: Essay = {"topic": topic, "text": text, "number": number}
    return entrypoint.final(value=text, save=essay)


def run(given: Any, config: dict[str, Any]) -> None:
    """Stream one call; print what it writes, and what it asks or returns."""
    for mode, chunk in essay_writer.stream(given, config, stream_mode=["custom", "updates"]):
        if mode == "custom":
            print(f"  {chunk}")
        elif "__interrupt__" in chunk:
            print(f"  asks: {chunk['__interrupt__'][0].value}")
        elif "essay_writer" in chunk:
            print("  essay:")
            for line in chunk["essay_writer"].splitlines():
                print(f"    {line}")


if __name__ == "__main__":
    config = {"configurable": {"thread_id": "essays"}}
    for given in ("actors", Command(resume="shorter, please"), Command(resume="yes")):
        print(f"resume with {given.resume!r}" if isinstance(given, Command) else f"write about {given!r}")
        run(given, config)
    print("how often each task ran:", dict(sorted(calls.items())))
    print("write about 'mailboxes' in the same thread")
    run("mailboxes", config)
    run(Command(resume="yes"), config)
