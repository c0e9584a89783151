"""state: MessagesState

One key `messages` with `add_messages`; subclassed to add keys; shows as an empty list before anything was said; router and update_state
see message objects; kept over runs of a thread.
"""

from __future__ import annotations

import operator
from typing import Annotated

from langchain_core.messages import AIMessage, HumanMessage

from actograph.graph import END, START, MessagesState, StateGraph


class State(MessagesState):
    turns: Annotated[int, operator.add]
    mood: str


def talk(state):
    last = state["messages"][-1]
    return {"messages": AIMessage(f"you said {last.content}", id=f"ai-{state['turns']}"), "turns": 1}


def route(state):
    return "talk" if state["turns"] < 2 and isinstance(state["messages"][-1], AIMessage) else END


def main(t):
    app = StateGraph(State).add_node(talk).add_edge(START, "talk").add_conditional_edges("talk", route)
    app = app.compile(checkpointer=t.saver())
    thread = t.thread()
    t.chunks(
        "values", app.stream({"messages": [HumanMessage("hi", id="h1")], "mood": "fine"}, thread, stream_mode="values")
    )
    t.chunks("updates", app.stream({"messages": [("user", "again")]}, thread, stream_mode="updates"))
    t.snapshot("state", app.get_state(thread))
    app.update_state(thread, {"messages": {"role": "user", "content": "edited", "id": "h1"}}, as_node="talk")
    t.record("edited", app.get_state(thread).values["messages"][0])
    plain = StateGraph(MessagesState).add_node("quiet", lambda state: None).add_edge(START, "quiet").compile()
    t.record("nothing said", plain.invoke({"messages": []}))
    t.record("keys", sorted(State.__annotations__))
    t.record("own keys", list(MessagesState.__annotations__))
    t.record("a dict", State(messages=[], turns=0, mood=""))
