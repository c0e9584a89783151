"""An agent's tool loop, written by hand: the model asks for tools, the tools run at the same time, the model reads what they say.

Needs langchain-core for its messages and its `tool` decorator. The model is scripted, so that the program runs without a network.
"""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from actograph.graph import START, MessagesState, StateGraph
from actograph.types import Command, Send

STOCK = {"lamp": (12, 40.0), "chair": (3, 85.5), "desk": (0, 210.0)}


@tool
def in_stock(item: str) -> str:
    """How many of an item are in stock."""
    return str(STOCK[item][0])


@tool
def price_of(item: str) -> str:
    """What an item costs, in euros."""
    return f"{STOCK[item][1]:.2f}"


@tool
def multiply(left: float, right: float) -> str:
    """The product of two numbers."""
    return f"{left * right:.2f}"


TOOLS = {each.name: each for each in (in_stock, price_of, multiply)}


def call(name: str, number: int, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "args": arguments, "id": f"call-{number}", "type": "tool_call"}


def decide(messages: list[AnyMessage]) -> AIMessage:
    """The model: it looks at what it knows by now and asks for what is missing."""
    results = [message for message in messages if isinstance(message, ToolMessage)]
    if not results:
        wanted = [
            call("in_stock", 1, item="chair"),
            call("price_of", 2, item="chair"),
            call("price_of", 3, item="sofa"),
        ]
        return AIMessage("Let me look.", tool_calls=wanted)
    by_call = {message.tool_call_id: message for message in results}
    if "call-4" not in by_call:
        count, price = (float(str(by_call[f"call-{number}"].content)) for number in (1, 2))
        return AIMessage("Now the sum.", tool_calls=[call("multiply", 4, left=count, right=price)])
    missing = "; sofas we do not have" if by_call["call-3"].status == "error" else ""
    return AIMessage(f"All our chairs together cost {by_call['call-4'].content} euros{missing}.")


def model(state: MessagesState) -> dict[str, Any]:
    return {"messages": [decide(state["messages"])]}


def route(state: MessagesState) -> list[Send] | Literal["__end__"]:
    """A task for each tool call of the last message, or the end."""
    calls = state["messages"][-1].tool_calls
    return [Send("tools", each) for each in calls] if calls else "__end__"


def tools(wanted: dict[str, Any]) -> Command[Literal["model"]]:
    """Run one tool call. An error is for the model to read, not for the program to stop at."""
    try:
        content, status = TOOLS[wanted["name"]].invoke(wanted["args"]), "success"
    except KeyError as error:
        content, status = f"there is no {error}", "error"
    message = ToolMessage(content, tool_call_id=wanted["id"], name=wanted["name"], status=status)
    return Command(update={"messages": [message]}, goto="model")


builder = StateGraph(MessagesState)
builder.add_node(model)
builder.add_node(tools)
builder.add_edge(START, "model")
builder.add_conditional_edges("model", route, ["tools", "__end__"])
graph = builder.compile()


def show(message: AnyMessage) -> None:
    if isinstance(message, ToolMessage):
        print(f"  tool   {message.name} -> {message.content}")
    elif isinstance(message, AIMessage):
        print(f"model    {message.content}")
        for each in message.tool_calls:
            print(f"  asks   {each['name']}({', '.join(f'{key}={value}' for key, value in each['args'].items())})")
    else:
        print(f"you      {message.content}")


if __name__ == "__main__":
    question = HumanMessage("What do all our chairs cost together? And a sofa?")
    final = graph.invoke({"messages": [question]}, {"recursion_limit": 10})
    for each in final["messages"]:
        show(each)
