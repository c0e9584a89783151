"""memory: Short-term

The conversation of a thread: kept over runs, apart from other threads, trimmed with trim_messages, shortened by deleting, summarised.
"""

from __future__ import annotations

from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langchain_core.messages.utils import trim_messages

from actograph.graph import END, START, MessagesState, StateGraph


class State(MessagesState):
    summary: str


def contents(messages):
    return [(message.type, message.content) for message in messages]


def chat(state):
    recent = trim_messages(state["messages"], strategy="last", token_counter=len, max_tokens=3, start_on="human")
    return {"messages": [AIMessage(f"{state.get('summary', '-')} | {[m.content for m in recent]}")]}


def summarise(state):
    old = state["messages"][:-2]
    text = f"{state.get('summary', '')}+{len(old)}"
    return {"summary": text, "messages": [RemoveMessage(id=message.id) for message in old]}


def main(t):
    builder = StateGraph(State).add_node(chat).add_node(summarise).add_edge(START, "chat")
    builder.add_conditional_edges("chat", lambda state: "summarise" if len(state["messages"]) > 4 else END)
    app = builder.compile(checkpointer=t.saver())
    ann, bob = t.thread(), t.thread()
    for turn in range(5):
        app.invoke({"messages": [HumanMessage(f"ann {turn}")]}, ann)
        app.invoke({"messages": [HumanMessage(f"bob {turn}", id="same")]}, bob)
        for who, thread in {"ann": ann, "bob": bob}.items():
            values = app.get_state(thread).values
            t.record(f"{who} {turn}", [contents(values["messages"]), values.get("summary")])
    t.record("lengths", [len(snapshot.values["messages"]) for snapshot in app.get_state_history(ann)])
    app.update_state(ann, {"messages": [RemoveMessage(id=m.id) for m in app.get_state(ann).values["messages"]]})
    t.record("forgotten", app.get_state(ann).values["messages"])
