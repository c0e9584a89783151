"""Graphs in graphs, watched from outside: chunks of every level as they come, the picture, and the state of a sub-graph that waits."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class Kitchen(TypedDict):
    dish: str
    steps: Annotated[list[str], operator.add]


class Order(TypedDict):
    table: int
    dish: str
    steps: Annotated[list[str], operator.add]
    bill: float


def step(name: str, percent: int) -> Any:
    """A node that says how far it is, and writes down that it was done."""

    def work(state: Kitchen) -> dict[str, Any]:
        get_stream_writer()({name: f"{percent}%"})
        return {"steps": [f"{name} {state['dish']}"]}

    return work


def season(state: Kitchen) -> dict[str, Any]:
    amount = interrupt(f"how much salt for the {state['dish']}?")
    return {"steps": [f"{amount} of salt"]}


# The innermost graph: sauce. It is a node of the kitchen, which is a node of the restaurant.
sauce = StateGraph(Kitchen)
sauce.add_node("stir", step("stir", 50))
sauce.add_node(season)
sauce.add_edge(START, "stir")
sauce.add_edge("stir", "season")

kitchen = StateGraph(Kitchen)
kitchen.add_node("chop", step("chop", 10))
kitchen.add_node("sauce", sauce.compile(name="sauce"))
kitchen.add_node("serve", step("serve", 100))
kitchen.add_edge(START, "chop")
kitchen.add_edge("chop", "sauce")
kitchen.add_edge("sauce", "serve")
kitchen_graph = kitchen.compile(name="kitchen")


def take_order(state: Order) -> dict[str, Any]:
    return {"dish": "soup"}


def cook(state: Order) -> dict[str, Any]:
    """Called in a node, not added as one: the two states have little in common, so the node translates."""
    made = kitchen_graph.invoke({"dish": state["dish"], "steps": []})
    return {"steps": made["steps"]}


def bill(state: Order) -> dict[str, Any]:
    return {"bill": 2.5 * len(state["steps"])}


restaurant = StateGraph(Order)
restaurant.add_sequence([take_order, cook, bill])
restaurant.add_edge(START, "take_order")
graph = restaurant.compile(checkpointer=InMemorySaver())


def level(namespace: tuple[str, ...]) -> str:
    """The path of a chunk, without the ids of its tasks."""
    return "/".join(["restaurant", *(part.split(":")[0] for part in namespace)])


def watch(given: Any, config: dict[str, Any]) -> None:
    for namespace, mode, chunk in graph.stream(given, config, stream_mode=["updates", "custom"], subgraphs=True):
        if "__interrupt__" in chunk:
            chunk = {"asks": chunk["__interrupt__"][0].value}
        print(f"{level(namespace):<24} {mode:<8} {chunk}")


def waiting(state: Any, depth: int = 0) -> None:
    """Where each level of a paused run stands."""
    print(f"{'  ' * depth}next: {', '.join(state.next)}; so far: {state.values.get('steps', [])}")
    for task in state.tasks:
        if task.state is not None:
            waiting(task.state, depth + 1)


if __name__ == "__main__":
    config = {"configurable": {"thread_id": "table 4"}}
    watch({"table": 4, "steps": []}, config)
    print("\nwhile it waits")
    waiting(graph.get_state(config, subgraphs=True))
    print("\nwith the answer")
    watch(Command(resume="a pinch"), config)
    print("\nas an event stream")
    config = {"configurable": {"thread_id": "table 5"}}
    run = graph.stream_events({"table": 5, "steps": []}, config, version="v3")
    for handle in run.subgraphs:
        for inner in handle.subgraphs:
            print(f"{handle.graph_name}/{inner.graph_name}: {[state['steps'][-1] for state in inner.values]}")
        print(f"{handle.graph_name}: {handle.status}")
    print(f"waits: {run.interrupted}")
