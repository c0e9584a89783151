"""state: Managed values

`RemainingSteps` and `IsLastStep` count down to the recursion limit, are read only, and never appear in the output.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.managed import IsLastStep, RemainingSteps


class State(TypedDict):
    seen: Annotated[list[Any], operator.add]
    remaining: RemainingSteps
    last: IsLastStep


def look(state):
    return {"seen": [[state["remaining"], state["last"]]]}


def route(state):
    return END if state["remaining"] <= 2 else "look"


def main(t):
    chain = StateGraph(State).add_node("a", look).add_node("b", look).add_edge(START, "a").add_edge("a", "b")
    app = chain.compile()
    t.record("limit 3", app.invoke({"seen": []}, {"recursion_limit": 3}))
    t.record("limit 3, async", asyncio.run(app.ainvoke({"seen": []}, {"recursion_limit": 3})))
    t.chunks("values", app.stream({"seen": []}, {"recursion_limit": 3}, stream_mode="values"))
    seen = []
    with t.raises("limit 2"):
        for chunk in app.stream({"seen": []}, {"recursion_limit": 2}):
            seen.append(chunk)
    t.chunks("limit 2, chunks", seen)
    loop = (
        StateGraph(State).add_node("look", look).add_edge(START, "look").add_conditional_edges("look", route).compile()
    )
    t.record("a loop stops itself", loop.invoke({"seen": []}, {"recursion_limit": 6}))
    kept, thread = chain.compile(checkpointer=t.saver()), t.thread()
    t.record("first run", kept.invoke({"seen": []}, {"recursion_limit": 5, **thread}))
    t.record("second run counts anew", kept.invoke({"seen": []}, {"recursion_limit": 5, **thread}))
    t.record("not in the state", kept.get_state(thread).values)
    t.record("ignored in the input", app.invoke({"seen": [], "remaining": 99}, {"recursion_limit": 3}))
