"""Plan and execute: a planner writes steps, an executor does one at a time, and what comes out may change the plan.

The steps are small sums, so that it is plain whether the agent is right. The first plan is wrong on purpose: a step fails and is replanned.
"""

from __future__ import annotations

import operator
from typing import Annotated, Literal, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.errors import GraphRecursionError
from actograph.graph import END, START, StateGraph


class Step(TypedDict):
    name: str
    formula: str


class State(TypedDict, total=False):
    goal: str
    plan: list[Step]
    results: Annotated[dict[str, float], operator.or_]
    log: Annotated[list[str], operator.add]
    problem: str | None
    answer: str


OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def planner(state: State) -> State:
    """What a model would write for "what does the trip cost each of us?"."""
    return {
        "plan": [
            {"name": "fuel", "formula": "distance * litres"},
            {"name": "total", "formula": "fuel + tolls"},
            {"name": "each", "formula": "total / people"},
        ],
        "log": ["planned 3 steps"],
    }


def value_of(word: str, results: dict[str, float]) -> float:
    return results[word] if word in results else float(word)


def executor(state: State) -> State:
    """Do the first step of the plan; what goes wrong is written down for the replanner."""
    step, *rest = state["plan"]
    left, operation, right = step["formula"].split()
    try:
        result = OPERATIONS[operation](value_of(left, state["results"]), value_of(right, state["results"]))
    except ValueError as error:
        unknown = str(error).rsplit(" ", 1)[-1].strip("'")
        return {"problem": f"{step['name']}: {unknown} is not known", "log": [f"failed  {step['formula']}"]}
    return {
        "plan": rest,
        "results": {step["name"]: round(result, 2)},
        "log": [f"done    {step['name']} = {step['formula']} = {result:g}"],
    }


def replanner(state: State) -> State:
    """Put what is missing in front of the plan, or say the answer."""
    problem = state.get("problem")
    if problem is not None:
        name = problem.split(": ")[1].split(" ")[0]
        known: dict[str, list[Step]] = {
            "litres": [{"name": "litres", "formula": "0.07 * price"}],
            "price": [{"name": "price", "formula": "1.60 + 0"}],
            "tolls": [{"name": "tolls", "formula": "7.50 * 2"}],
        }
        return {"plan": known[name] + state["plan"], "problem": None, "log": [f"replan  first find {name}"]}
    if not state["plan"]:
        return {"answer": f"{state['goal']} {state['results']['each']:.2f} euros"}
    return {}


def route(state: State) -> Literal["executor", "__end__"]:
    return "__end__" if state.get("answer") else "executor"


builder = StateGraph(State)
builder.add_node(planner)
builder.add_node(executor)
builder.add_node(replanner)
builder.add_edge(START, "planner")
builder.add_edge("planner", "executor")
builder.add_edge("executor", "replanner")
builder.add_conditional_edges("replanner", route, ["executor", END])
graph = builder.compile(checkpointer=InMemorySaver())

if __name__ == "__main__":
    trip: State = {"goal": "The trip costs each of us", "results": {"distance": 300.0, "people": 3.0}}
    config = {"configurable": {"thread_id": "trip"}, "recursion_limit": 8}
    try:
        graph.invoke(trip, config)
    except GraphRecursionError:
        waiting = graph.get_state(config)
        print(f"stopped after 8 supersteps, next: {waiting.next[0]}, {len(waiting.values['plan'])} steps to go")
    # The thread keeps what was done: None goes on from there.
    final = graph.invoke(None, {**config, "recursion_limit": 25})
    print("\n".join(final["log"]))
    print(final["answer"])
