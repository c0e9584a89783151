"""Time travel: look at every step of a finished run, run it again from one of them, and change the past to see what becomes of it."""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    budget: int
    city: str
    plan: Annotated[list[str], operator.add]


ran: list[str] = []


def choose(state: State) -> State:
    ran.append("choose")
    return {"city": "Lisbon", "plan": ["fly to Lisbon"]}


def route(state: State) -> Literal["hotel", "hostel"]:
    return "hotel" if state["budget"] >= 500 else "hostel"


def hotel(state: State) -> State:
    ran.append("hotel")
    return {"budget": state["budget"] - 400, "plan": [f"a hotel in {state['city']}"]}


def hostel(state: State) -> State:
    ran.append("hostel")
    return {"budget": state["budget"] - 90, "plan": [f"a hostel in {state['city']}"]}


def enjoy(state: State) -> State:
    ran.append("enjoy")
    return {"plan": ["a concert" if state["budget"] >= 60 else "a walk"]}


builder = StateGraph(State)
for node in (choose, hotel, hostel, enjoy):
    builder.add_node(node)
builder.add_edge(START, "choose")
builder.add_conditional_edges("choose", route, ["hotel", "hostel"])
builder.add_edge("hotel", "enjoy")
builder.add_edge("hostel", "enjoy")
builder.add_edge("enjoy", END)
graph = builder.compile(checkpointer=InMemorySaver())

config = {"configurable": {"thread_id": "holiday"}}


def before(node: str) -> Any:
    """The oldest snapshot that is about to run `node`."""
    return [snapshot for snapshot in graph.get_state_history(config) if snapshot.next == (node,)][-1]


def told(what: str, result: dict[str, Any]) -> None:
    print(f"{what}: {' > '.join(result['plan'])}, {result['budget']} left   (ran {', '.join(ran)})")
    ran.clear()


def history() -> None:
    for snapshot in graph.get_state_history(config):
        metadata = snapshot.metadata
        done = snapshot.values.get("plan", [])
        print(f"  step {metadata['step']:>2} {metadata['source']:<6} next {snapshot.next or '-'!s:<13} {done}")


if __name__ == "__main__":
    told("first", graph.invoke({"budget": 520, "plan": []}, config))
    history()

    # Replay: the steps after the checkpoint run again, those before it do not.
    told("replayed from before the hotel", graph.invoke(None, before("hotel").config))

    # Fork: the past with another budget. The router's choice is made again, as if `choose` had just run.
    forked = graph.update_state(before("hotel").config, {"budget": 300}, as_node="choose")
    told("with less money", graph.invoke(None, forked))

    # Fork with another destination: an update of a reducer key is added, not replaced.
    forked = graph.update_state(
        before("choose").config, {"city": "Porto", "plan": ["take the train to Porto"]}, as_node="choose"
    )
    told("by train", graph.invoke(None, forked))

    print("what happened in this thread, newest first")
    history()
    print("the thread goes on from its newest checkpoint:", graph.get_state(config).values["plan"][-1])
    told("next holiday", graph.invoke({"budget": 1000}, config))
