"""The shapes of questions and answers that inboxes for agents understand.

They are plain dicts: pass a `HumanInterrupt` to `interrupt()`, and expect a list with one `HumanResponse` as its answer.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

__all__ = ("ActionRequest", "HumanInterrupt", "HumanInterruptConfig", "HumanResponse")


class HumanInterruptConfig(TypedDict):
    """What the person may do."""

    allow_ignore: bool
    """Go on without an answer."""
    allow_respond: bool
    """Answer with text."""
    allow_edit: bool
    """Change the arguments, and let the action be taken."""
    allow_accept: bool
    """Let the action be taken as it is."""


class ActionRequest(TypedDict):
    """What an agent wants to do."""

    action: str
    """Name of the action, such as that of a tool."""
    args: dict[str, Any]


class HumanInterrupt(TypedDict):
    """A question to a person: the action, what may be answered, and a text that explains it."""

    action_request: ActionRequest
    config: HumanInterruptConfig
    description: str | None
    """Shown to the person; Markdown."""


class HumanResponse(TypedDict):
    """A person's answer."""

    type: Literal["accept", "ignore", "response", "edit"]
    args: str | ActionRequest | None
    """None to accept or ignore, the text of a response, or the edited action."""
