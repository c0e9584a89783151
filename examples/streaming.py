"""One run seen in three ways: `custom` comes while a node runs, `updates` per node, `values` per superstep."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send, StreamWriter


class State(TypedDict):
    text: str
    words: Annotated[list[str], operator.add]
    longest: str


class Word(TypedDict):
    word: str


def split(state: State) -> list[Send]:
    """One task for each word; they run at the same time."""
    return [Send("shout", {"word": word}) for word in state["text"].split()]


async def shout(given: Word, writer: StreamWriter) -> dict[str, Any]:
    for letter in given["word"]:
        writer(letter)
        await asyncio.sleep(0.01)
    return {"words": [given["word"].upper()]}


def judge(state: State) -> dict[str, Any]:
    return {"longest": max(state["words"], key=len)}


builder = StateGraph(State)
builder.add_node(shout)
builder.add_node(judge)
builder.add_conditional_edges(START, split, ["shout"])
builder.add_edge("shout", "judge")
graph = builder.compile()


async def main() -> None:
    text = {"text": "actors pass messages"}
    async for mode, chunk in graph.astream(text, stream_mode=["custom", "updates", "values"]):
        print(f"{mode:<8} {chunk}")

    print("\nthe first update only; leaving the loop cancels the run")
    stream = graph.astream(text, stream_mode="updates")
    async for chunk in stream:
        print(chunk)
        break
    await stream.aclose()


asyncio.run(main())

print("\nfrom code without asyncio; the async nodes run all the same")
for update in graph.stream({"text": "actors pass messages"}, stream_mode="updates"):
    print(update)
