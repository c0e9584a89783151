"""Building graphs: `StateGraph`, the names of its first and last node, and states made of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actograph.constants import END, START
from actograph.graph.message import MessageGraph, add_messages
from actograph.graph.state import StateGraph

if TYPE_CHECKING:
    from actograph.graph.message import MessagesState

__all__ = ("END", "START", "MessageGraph", "MessagesState", "StateGraph", "add_messages")


def __getattr__(name: str) -> Any:
    if name != "MessagesState":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Made when first asked for: its messages are LangChain's where that is installed, and importing it takes long.
    from actograph.graph import message

    made = globals()[name] = message.MessagesState
    return made
