"""state: add_messages

Text, pairs (role, content), dicts in OpenAI's form with tool calls, and dicts with a type become message objects; the rest raises.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph, add_messages


class State(TypedDict):
    messages: Annotated[list, add_messages]


CALL = {"id": "call-1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}


def answer(state):
    return {
        "messages": [
            ("ai", "pair"),
            {"role": "assistant", "content": "", "tool_calls": [CALL], "id": "openai"},
            {"role": "tool", "content": "3", "tool_call_id": "call-1"},
            {"type": "system", "content": "typed", "id": "t"},
            {"role": "developer", "content": "d"},
        ]
    }


def without_ids(messages):
    return [message.model_copy(update={"id": None}) for message in messages]


def main(t):
    app = StateGraph(State).add_node(answer).add_edge(START, "answer").compile()
    for given in (
        "text",
        [("user", "hello")],
        {"role": "user", "content": "hi", "id": "5"},
        ("human", "pair"),
        ["a", "b"],
    ):
        result = app.invoke({"messages": given})
        t.record(f"from {given!r}", without_ids(result["messages"]))
        t.record(f"ids from {given!r}", [isinstance(message.id, str) for message in result["messages"]])
    t.record("updates show what the node returned", list(app.stream({"messages": []}, stream_mode="updates")))
    blocks = [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
    ]
    t.record("blocks", without_ids(add_messages([], [{"role": "user", "content": blocks}])))
    given = {"role": "user", "content": "mine"}
    add_messages([], [given])
    t.record("a dict is not changed", given)
    for label, bad in {"a number": 3, "a generator": (m for m in ["a"])}.items():
        with t.raises(label):
            add_messages([], bad)
    for label, bad in {"no content": {"role": "user"}, "no such role": {"role": "zork", "content": "x"}}.items():
        with t.raises(label):
            add_messages([], [bad])
