"""A chatbot that remembers its conversations: one thread for each, tokens as they come, and a summary once a thread grows long.

Needs langchain-core. The model is scripted, so that the program runs without a network.
"""

from __future__ import annotations

import re
from typing import Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, RemoveMessage, SystemMessage

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import END, START, MessagesState, StateGraph

KEEP = 4
"""So many messages stay; what is older goes into the summary."""


class State(MessagesState):
    summary: str


def reply_to(messages: list[BaseMessage], summary: str) -> str:
    """What a small model might say: it knows what is in its prompt, and nothing else."""
    known = f"{summary} " + " ".join(str(message.content) for message in messages if isinstance(message, HumanMessage))
    names = re.findall(r"my name is (\w+)", known, re.IGNORECASE)
    likes = re.findall(r"I like (\w+)", known)
    question = str(messages[-1].content)
    if "name?" in question:
        return f"Your name is {names[-1]}." if names else "You have not told me your name."
    if "like?" in question:
        return f"You like {' and '.join(dict.fromkeys(likes))}." if likes else "You have not told me."
    return "I will remember that."


def chat(state: State) -> dict[str, Any]:
    summary = state.get("summary", "")
    prompt = [SystemMessage(f"Summary so far: {summary}")] if summary else []
    answer = AIMessage(reply_to(state["messages"], summary))
    model = GenericFakeChatModel(messages=iter([answer]))
    return {"messages": [model.invoke([*prompt, *state["messages"]])]}


def is_long(state: State) -> str:
    return "summarise" if len(state["messages"]) > KEEP else END


def summarise(state: State) -> dict[str, Any]:
    old = state["messages"][:-KEEP]
    facts = [
        str(message.content) for message in old if isinstance(message, HumanMessage) and "?" not in message.content
    ]
    summary = " ".join(filter(None, [state.get("summary", ""), *facts]))
    return {"summary": summary, "messages": [RemoveMessage(id=message.id) for message in old]}


builder = StateGraph(State)
builder.add_node(chat)
builder.add_node(summarise)
builder.add_edge(START, "chat")
builder.add_conditional_edges("chat", is_long, ["summarise", END])
graph = builder.compile(checkpointer=InMemorySaver())


def say(thread: str, text: str) -> None:
    """Send one message and print the answer token by token."""
    print(f"[{thread}] you: {text}")
    print(f"[{thread}] bot:", end=" ")
    tokens = 0
    config = {"configurable": {"thread_id": thread}}
    for token, metadata in graph.stream({"messages": [HumanMessage(text)]}, config, stream_mode="messages"):
        if metadata["langgraph_node"] == "chat" and token.content:
            tokens += 1
            print(token.content, end="")
    print(f"   ({tokens} tokens)")


if __name__ == "__main__":
    say("ada", "Hello, my name is Ada.")
    say("bob", "Hello, my name is Bob.")
    say("ada", "I like engines")
    say("ada", "I like poetry")
    say("ada", "What is my name?")
    say("ada", "And what do I like?")
    say("bob", "What do I like?")
    for thread in ("ada", "bob"):
        values = graph.get_state({"configurable": {"thread_id": thread}}).values
        print(f"[{thread}] {len(values['messages'])} messages kept; summary: {values.get('summary', '-')}")
