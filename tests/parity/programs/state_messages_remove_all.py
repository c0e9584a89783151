"""state: add_messages

`RemoveMessage(id=REMOVE_ALL_MESSAGES)` drops all that precedes it, on both sides; what follows it is taken as it is.
"""

from __future__ import annotations

from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage

from actograph.graph import START, MessagesState, StateGraph, add_messages
from actograph.graph.message import REMOVE_ALL_MESSAGES


def contents(messages):
    return [(type(message).__name__, message.content, message.id) for message in messages]


def summarise(state):
    text = f"{len(state['messages'])} messages"
    return {"messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), AIMessage(text, id="summary")]}


def main(t):
    one, two = HumanMessage("1", id="1"), HumanMessage("2", id="2")
    everything = RemoveMessage(id=REMOVE_ALL_MESSAGES)
    t.record("the id", REMOVE_ALL_MESSAGES)
    t.record("all", contents(add_messages([one, two], [everything])))
    t.record("then more", contents(add_messages([one], [two, everything, AIMessage("3", id="3")])))
    t.record("the last counts", contents(add_messages([], [everything, one, everything, two])))
    t.record("what follows is kept as it is", contents(add_messages([one], [everything, two, RemoveMessage(id="x")])))
    app = StateGraph(MessagesState).add_node(summarise).add_edge(START, "summarise").compile(checkpointer=t.saver())
    thread = t.thread()
    t.record("first run", contents(app.invoke({"messages": [one, two]}, thread)["messages"]))
    t.record("second run", contents(app.invoke({"messages": [one, two]}, thread)["messages"]))
    app.update_state(thread, {"messages": [everything]})
    t.snapshot("emptied", app.get_state(thread))
