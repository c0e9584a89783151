"""state: add_messages

Called by itself: appends, replaces the message with the same id in its place, gives ids where there are none, takes single messages;
what is given stays as it is, apart from the ids that messages get.
"""

from __future__ import annotations

from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage

from actograph.graph import add_messages


def contents(messages):
    return [(type(message).__name__, message.content, message.id) for message in messages]


def main(t):
    first, second = HumanMessage("a", id="1"), HumanMessage("b", id="2")
    t.record("append", contents(add_messages([first], [second])))
    t.record("replace in place", contents(add_messages([first, second], [AIMessage("c", id="1")])))
    t.record("single messages", contents(add_messages(first, second)))
    t.record(
        "same id twice on the right", contents(add_messages([], [HumanMessage("x", id="7"), HumanMessage("y", id="7")]))
    )
    t.record(
        "same id twice on the left",
        contents(add_messages([first, HumanMessage("z", id="1")], [AIMessage("c", id="1")])),
    )
    left, new = [first], HumanMessage("new")
    merged = add_messages(left, [new])
    t.record("the given list is not changed", contents(left))
    t.record("another list", merged is left)
    t.record("the same objects", [merged[0] is first, merged[1] is new])
    t.record("an id was assigned to it", [isinstance(new.id, str), len(new.id), new.id == merged[1].id])
    unnamed = [HumanMessage("l")]
    add_messages(unnamed, [])
    t.record("on the left too", isinstance(unnamed[0].id, str))
    t.record("an empty id is an id", add_messages([], [HumanMessage("e", id="")])[0].id)
    t.record("a chunk becomes a message", contents(add_messages([], [AIMessageChunk("part", id="3")])))
    t.record("nothing added", contents(add_messages([first], [])))
    for label, arguments in {"only left": ([], None), "only right": (None, [])}.items():
        with t.raises(label, culprit=["left" if label == "only left" else "right"]):
            add_messages(*arguments)
    with t.raises("unknown option", culprit=["colour"]):
        add_messages([], [], colour="red")
