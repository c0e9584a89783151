"""hitl: Resume map

Three parallel questions, one answered: LangGraph runs the two nodes that still wait again, to hear the same questions
again; here they stay suspended and do not run. The states are equal. Deliberate: docs/decisions/0009.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send, interrupt


class State(TypedDict, total=False):
    name: str
    log: Annotated[list[str], operator.add]


def main(t):
    entered = []

    def ask(state: State) -> dict:
        entered.append(state["name"])
        return {"log": [f"{state['name']}={interrupt(state['name'])}"]}

    def fan(state: State) -> list[Send]:
        return [Send("ask", {"name": name}) for name in "abc"]

    app = (
        StateGraph(State)
        .add_node("ask", ask)
        .add_conditional_edges(START, fan, ["ask"])
        .compile(checkpointer=t.saver())
    )
    config = t.thread()
    paused = app.invoke({"log": []}, config)
    ids = {question.value: question.id for question in paused["__interrupt__"]}
    entered.clear()
    app.invoke(Command(resume={ids["b"]: 2}), config)
    t.record("entered", sorted(entered))
    t.record("end", app.invoke(Command(resume={ids["a"]: 1, ids["c"]: 3}), config))
