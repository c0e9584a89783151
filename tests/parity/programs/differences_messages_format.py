"""state: add_messages

`add_messages(format="langchain-openai")`: there the messages lose their ids, so that none can be replaced or removed;
here they keep them. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from actograph.graph.message import add_messages
from langchain_core.messages import AIMessage, HumanMessage


def main(t):
    made = add_messages([HumanMessage("hi", id="h")], [AIMessage("hello", id="a")], format="langchain-openai")
    t.record("contents", [message.content for message in made])
    t.record("ids", [message.id for message in made])
