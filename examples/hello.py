"""The README's example: a graph that pauses for a person, stored in an SQLite file in the current directory."""

from __future__ import annotations

from typing import TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict):
    topic: str
    draft: str
    approved: bool


def write(state: State) -> dict:
    return {"draft": f"All about {state['topic']}."}


def review(state: State) -> dict:
    return {"approved": interrupt({"question": "Publish this?", "draft": state["draft"]})}


builder = StateGraph(State)
builder.add_node(write)
builder.add_node(review)
builder.add_edge(START, "write")
builder.add_edge("write", "review")
builder.add_edge("review", END)

config = {"configurable": {"thread_id": "desk-1"}}
with SqliteSaver.from_conn_string("desk.sqlite") as saver:
    graph = builder.compile(checkpointer=saver)
    paused = graph.invoke({"topic": "actors"}, config)
    print(paused["__interrupt__"][0].value)
    # ... minutes, restarts or weeks later, in this process or another:
    print(graph.invoke(Command(resume=True), config))
