"""hitl: In tools

A wrapper makes any tool ask before it runs, with a handler that catches what tools raise; several tool calls in one
node ask one after the other, or in parallel nodes together.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.graph.message import add_messages
from actograph.types import Command, Send, interrupt
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from tests.parity.listener import Listener, told


class State(TypedDict, total=False):
    messages: Annotated[list, add_messages]
    calls: list


@tool
def add(x: int, y: int) -> int:
    """Add."""
    return x + y


def guarded(inner: BaseTool) -> BaseTool:
    @tool(inner.name, description=inner.description, args_schema=inner.args_schema)
    def ask_first(config: RunnableConfig, **given):
        answer = interrupt([{"action": inner.name, "args": given}])
        if answer == "accept":
            return inner.invoke(given, config)
        return f"refused: {answer}"

    return ask_first


def main(t):
    careful = guarded(add)

    def run(call):
        said = careful.invoke({"name": "add", "args": call["args"], "id": call["id"], "type": "tool_call"})
        return said.model_copy(update={"id": call["id"]})

    def tools(state):
        return {"messages": [run(call) for call in state["calls"]]}

    calls = [{"id": "c1", "args": {"x": 1, "y": 2}}, {"id": "c2", "args": {"x": 3, "y": 4}}]
    app = StateGraph(State).add_node("tools", tools).add_edge(START, "tools").compile(checkpointer=t.saver())
    config = t.thread()
    listener = Listener()
    t.record(
        "first", app.invoke({"messages": [], "calls": calls}, {**config, "callbacks": [listener]})["__interrupt__"]
    )
    t.record("heard", [entry for entry in listener.heard if entry[0] == "tool"])
    t.record("second", app.invoke(Command(resume="accept"), config)["__interrupt__"])
    result = app.invoke(Command(resume="later"), config)
    t.record("done", [told(message) for message in result["messages"]])

    def one(call):
        return {"messages": [run(call)]}

    fan = StateGraph(State).add_node("tool", one)
    fan = fan.add_conditional_edges(START, lambda state: [Send("tool", call) for call in state["calls"]], ["tool"])
    fan = fan.compile(checkpointer=t.saver())
    config = t.thread()
    asked = fan.invoke({"messages": [], "calls": calls}, config)["__interrupt__"]
    t.record("asked together", sorted(str(question.value) for question in asked))
    state = fan.get_state(config)
    answers = {question.id: "accept" if question.value[0]["args"]["x"] == 1 else "no" for question in state.interrupts}
    t.record(
        "answered by id", sorted(told(message) for message in fan.invoke(Command(resume=answers), config)["messages"])
    )
