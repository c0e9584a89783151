"""hitl: Agent-inbox types

A tool call is asked for in the shape that inboxes show; each kind of answer, as an inbox sends it, leads on. The shapes are dicts with
these keys and no others.
"""

from __future__ import annotations

import operator
import typing
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.prebuilt.interrupt import ActionRequest, HumanInterrupt, HumanInterruptConfig, HumanResponse
from actograph.types import Command, interrupt


class State(TypedDict):
    to: str
    log: Annotated[list[str], operator.add]


def send(state: State):
    question = HumanInterrupt(
        action_request=ActionRequest(action="send_mail", args={"to": state["to"]}),
        config=HumanInterruptConfig(allow_ignore=True, allow_respond=True, allow_edit=True, allow_accept=True),
        description="Send this mail?",
    )
    response = interrupt([question])[0]
    if response["type"] == "accept":
        return {"log": [f"sent to {state['to']}"]}
    if response["type"] == "edit":
        return {"log": [f"sent to {response['args']['args']['to']}"]}
    if response["type"] == "response":
        return {"log": [f"not sent: {response['args']}"]}
    return {"log": ["ignored"]}


def main(t):
    for shape in (ActionRequest, HumanInterrupt, HumanInterruptConfig, HumanResponse):
        t.record(shape.__name__, sorted(typing.get_type_hints(shape)))
    app = StateGraph(State).add_node("send", send).add_edge(START, "send").compile(checkpointer=t.saver())
    responses = [
        HumanResponse(type="accept", args=None),
        HumanResponse(type="ignore", args=None),
        HumanResponse(type="response", args="ask the boss"),
        HumanResponse(type="edit", args=ActionRequest(action="send_mail", args={"to": "ben"})),
    ]
    for response in responses:
        thread = t.thread()
        t.record(f"{response['type']}: asked", app.invoke({"to": "ann", "log": []}, thread))
        t.record(f"{response['type']}: done", app.invoke(Command(resume=[response]), thread))
