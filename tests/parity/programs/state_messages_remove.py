"""state: add_messages

`RemoveMessage` removes by id, from what is there and from what comes with it; a later message with that id revives the place; an id that
is not there raises and names it.
"""

from __future__ import annotations

from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage

from actograph.graph import START, MessagesState, StateGraph, add_messages


def contents(messages):
    return [(type(message).__name__, message.content, message.id) for message in messages]


def main(t):
    one, two, three = (HumanMessage(str(n), id=str(n)) for n in (1, 2, 3))
    t.record("remove", contents(add_messages([one, two, three], [RemoveMessage(id="2")])))
    t.record("as a dict", contents(add_messages([one, two], [{"role": "remove", "content": "", "id": "1"}])))
    t.record("twice", contents(add_messages([one, two], [RemoveMessage(id="1"), RemoveMessage(id="1")])))
    t.record("remove, then add", contents(add_messages([one, two], [RemoveMessage(id="1"), AIMessage("n", id="1")])))
    t.record(
        "replace, then remove", contents(add_messages([one, two], [AIMessage("n", id="1"), RemoveMessage(id="1")]))
    )
    t.record("add, then remove", contents(add_messages([one], [HumanMessage("n", id="9"), RemoveMessage(id="9")])))
    t.record("all of an id", contents(add_messages([one, HumanMessage("again", id="1")], [RemoveMessage(id="1")])))
    with t.raises("unknown id", culprit=["zz"]):
        add_messages([one], [RemoveMessage(id="zz")])

    def trim(state):
        return {"messages": [RemoveMessage(id=message.id) for message in state["messages"][:-2]]}

    app = StateGraph(MessagesState).add_node(trim).add_edge(START, "trim").compile(checkpointer=t.saver())
    thread = t.thread()
    t.record("trimmed", contents(app.invoke({"messages": [one, two, three]}, thread)["messages"]))
    t.record("trimmed again", contents(app.invoke({"messages": [AIMessage("4", id="4")]}, thread)["messages"]))
    t.history("history", app.get_state_history(thread))
    with t.raises("in a node", culprit=["nobody"]):
        app.invoke({"messages": [RemoveMessage(id="nobody")]}, thread)
