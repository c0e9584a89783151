"""hitl: In tools
control: Command

A LangChain tool called with a tool call hands a `Command` on as it is; any other result becomes a `ToolMessage`.
"""

from __future__ import annotations

import operator
from typing import Annotated

from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import InjectedToolCallId, tool

from actograph.graph import START, MessagesState, StateGraph
from actograph.types import Command


class State(MessagesState):
    saved: Annotated[list[str], operator.add]


@tool
def remember(text: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command:
    """Save a text."""
    return Command(update={"saved": [text], "messages": [ToolMessage("saved", tool_call_id=tool_call_id)]})


@tool
def double(x: int) -> int:
    """Double a number."""
    return 2 * x


def call_tools(state):
    results = []
    for call in state["messages"][-1].tool_calls:
        result = {"remember": remember, "double": double}[call["name"]].invoke(call)
        results.append(result if isinstance(result, Command) else {"messages": [result]})
    return [entry if isinstance(entry, Command) else Command(update=entry) for entry in results]


def main(t):
    builder = StateGraph(State).add_node("tools", call_tools)
    builder.add_edge(START, "tools")
    app = builder.compile()
    calls = [
        {"name": "remember", "args": {"text": "milk"}, "id": "1", "type": "tool_call"},
        {"name": "double", "args": {"x": 4}, "id": "2", "type": "tool_call"},
    ]
    result = app.invoke({"messages": [AIMessage("", tool_calls=calls, id="ai")], "saved": []})
    t.record("saved", result["saved"])
    t.record("messages", [[message.type, message.content] for message in result["messages"]])
    command = remember.invoke(calls[0])
    t.record("a command", [type(command).__name__, command.update["saved"], command == Command(update=command.update)])
