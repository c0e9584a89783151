"""Map-reduce: a text is cut into sections, each is summarised by a task of its own, and the summaries are put together again.

How many tasks there are is known at run time only: the router returns a `Send` for each section. Long sections go through one more round.
"""

from __future__ import annotations

import asyncio
import operator
from collections import Counter
from typing import Annotated, Any, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Send

TEXT = """
Engines
An actor has a mailbox and a behaviour. It takes one message at a time, and it may send messages to other actors.
Nobody but the actor itself touches its state, so there is nothing to lock.
Graphs
A graph says which step follows which. Steps that do not need each other run at the same time, in one superstep.
Memory
A checkpoint holds the state after a superstep. A thread is a row of checkpoints. A run that stopped goes on from the last one.
A reader may go back to any of them and try another way. Nothing that was stored is lost by that.
"""


class Summary(TypedDict):
    number: int
    title: str
    text: str
    words: int


class State(TypedDict):
    text: str
    sections: list[tuple[str, list[str]]]
    summaries: Annotated[list[Summary], operator.add]
    counts: Annotated[Counter[str], operator.add]
    report: str


class Section(TypedDict):
    number: int
    title: str
    lines: list[str]


def split(state: State) -> dict[str, Any]:
    sections: list[tuple[str, list[str]]] = []
    for line in state["text"].strip().splitlines():
        if " " in line:
            sections[-1][1].append(line)
        else:
            sections.append((line, []))
    return {"sections": sections}


def fan_out(state: State) -> list[Send]:
    return [
        Send("summarise", {"number": number, "title": title, "lines": lines})
        for number, (title, lines) in enumerate(state["sections"], 1)
    ]


async def summarise(section: Section) -> dict[str, Any]:
    """The first sentence of each line, as a model with little time would do it."""
    await asyncio.sleep(0.01)
    text = " ".join(line.split(". ")[0].rstrip(".") + "." for line in section["lines"])
    words = [word.strip(".,").lower() for line in section["lines"] for word in line.split()]
    summary: Summary = {"number": section["number"], "title": section["title"], "text": text, "words": len(words)}
    return {"summaries": [summary], "counts": Counter(word for word in words if len(word) > 6)}


def reduce(state: State) -> dict[str, Any]:
    lines = [
        f"{each['number']}. {each['title']} ({each['words']} words): {each['text']}" for each in state["summaries"]
    ]
    often = sorted(state["counts"].items(), key=lambda item: (-item[1], item[0]))[:3]
    lines.append("Often: " + ", ".join(f"{word} {count}x" for word, count in often))
    return {"report": "\n".join(lines)}


builder = StateGraph(State)
builder.add_node(split)
builder.add_node(summarise)
builder.add_node(reduce)
builder.add_edge(START, "split")
builder.add_conditional_edges("split", fan_out, ["summarise"])
builder.add_edge("summarise", "reduce")
builder.add_edge("reduce", END)
graph = builder.compile()


async def main() -> None:
    done = 0
    async for update in graph.astream({"text": TEXT, "counts": Counter()}, stream_mode="updates"):
        node = next(iter(update))
        done += node == "summarise"
        print(f"{node}" + (f" {done}" if node == "summarise" else ""))
    final = await graph.ainvoke({"text": TEXT, "counts": Counter()})
    print(final["report"])


if __name__ == "__main__":
    asyncio.run(main())
