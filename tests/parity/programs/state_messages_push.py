"""state: add_messages

`push_message` writes a message to the state before the node's own update, under the key given or none; it needs an id and a run.
"""

from __future__ import annotations

from typing import Annotated

from langchain_core.messages import AIMessage

from actograph.graph import START, MessagesState, StateGraph, add_messages
from actograph.graph.message import push_message


class State(MessagesState):
    notes: Annotated[list, add_messages]


def main(t):
    def run(label, node):
        app = StateGraph(State).add_node("node", node).add_edge(START, "node").compile()
        t.record(f"{label}: result", app.invoke({"messages": []}))
        t.chunks(f"{label}: updates", app.stream({"messages": []}, stream_mode="updates"))

    def both(state):
        pushed = push_message(AIMessage("pushed", id="p"))
        return {"messages": [AIMessage(f"after {pushed.content}", id="r")]}

    def elsewhere(state):
        push_message({"role": "ai", "content": "note", "id": "n"}, state_key="notes")
        return {"messages": [AIMessage("said", id="r")]}

    def nowhere(state):
        push_message(AIMessage("gone", id="g"), state_key=None)
        return {"messages": [AIMessage("said", id="r")]}

    def only(state):
        push_message(AIMessage("first", id="1"))
        push_message(AIMessage("second", id="2"))

    for node in (both, elsewhere, nowhere, only):
        run(node.__name__, node)
    app = StateGraph(State).add_node("node", lambda state: push_message(("ai", "x"))).add_edge(START, "node").compile()
    with t.raises("without an id"):
        app.invoke({"messages": []})
    with t.raises("outside of a run"):
        push_message(AIMessage("x", id="1"))
