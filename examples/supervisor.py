"""A supervisor and its workers: each worker is a graph of its own, and they hand over to each other with `Command`.

The supervisor decides who is next; a worker may also hand over directly, from inside its own graph, with `graph=Command.PARENT`.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command


def unique(left: list[str], right: list[str]) -> list[str]:
    """Reducer: a worker hands back all notes it has, and those that are there already are not written twice."""
    return [*left, *(note for note in right if note not in left)]


class State(TypedDict):
    task: str
    notes: Annotated[list[str], unique]
    trail: Annotated[list[str], operator.add]
    rounds: int


FACTS = {"bridges": ["the oldest is of stone", "the longest is 164 km"], "tunnels": ["the deepest is under the sea"]}


# -- the researcher: two steps of its own ------------------------------------------------------------------------------------------


def look_up(state: State) -> dict[str, Any]:
    topic = state["task"].split()[-1]
    known = len([note for note in state["notes"] if note.startswith("fact")])
    found = FACTS.get(topic, [])[known : known + 1]
    return {"notes": [f"fact: {fact}" for fact in found]}


def check(state: State) -> Command[Any]:
    """With two facts there is nothing to ask the supervisor: hand over to the writer."""
    facts = [note for note in state["notes"] if note.startswith("fact")]
    enough = len(facts) >= 2
    return Command(
        graph=Command.PARENT,
        goto="writer" if enough else "supervisor",
        update={"notes": state["notes"], "trail": ["researcher: look_up, check"]},
    )


# -- the writer --------------------------------------------------------------------------------------------------------------------


def write(state: State) -> dict[str, Any]:
    facts = [note.removeprefix("fact: ") for note in state["notes"] if note.startswith("fact")]
    return {"notes": [f"draft: On {state['task'].split()[-1]}: {'; '.join(facts)}."], "trail": ["writer: write"]}


def supervisor(state: State) -> Command[Literal["researcher", "writer", "__end__"]]:
    """Plain rules where a model would decide."""
    rounds = state.get("rounds", 0) + 1
    notes = state.get("notes", [])
    if any(note.startswith("draft") for note in notes):
        goto: Any = END
    elif rounds > 3:
        goto = "writer"  # nothing more is to be found
    else:
        goto = "researcher"
    return Command(goto=goto, update={"rounds": rounds, "trail": [f"supervisor -> {goto}"]})


class Private(TypedDict):
    """What the researcher keeps: it starts with the supervisor's notes, and reports the new ones."""

    task: str
    notes: Annotated[list[str], unique]
    trail: Annotated[list[str], operator.add]


def researcher_graph() -> Any:
    builder = StateGraph(Private)
    builder.add_node(look_up)
    builder.add_node(check)
    builder.add_edge(START, "look_up")
    builder.add_edge("look_up", "check")
    return builder.compile(name="researcher")


builder = StateGraph(State)
builder.add_node(supervisor)
builder.add_node("researcher", researcher_graph(), destinations=("writer", "supervisor"))
builder.add_node("writer", write)
builder.add_edge(START, "supervisor")
builder.add_edge("writer", "supervisor")
graph = builder.compile()

if __name__ == "__main__":
    for task in ("Write about bridges", "Write about tunnels"):
        final = graph.invoke({"task": task, "notes": [], "trail": []})
        print(task)
        for step in final["trail"]:
            print(f"  {step}")
        print(f"  = {final['notes'][-1]}")
