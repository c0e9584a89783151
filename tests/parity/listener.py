"""What parity programs about callbacks and message streams share: a handler that notes all it hears, and fake chat models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage


def model(text: str = "hi there", **options: Any) -> GenericFakeChatModel:
    """A chat model that always says `text`, streamed word by word."""
    return GenericFakeChatModel(messages=iter([AIMessage(text) for _ in range(100)]), **options)


def in_order(value: Any) -> Any:
    """`value` with the keys of dicts sorted: callbacks get them in no particular order."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def told(message: BaseMessage) -> tuple[str, Any, str | None]:
    """A message in short: its class, content and id."""
    return (type(message).__name__, message.content, message.id)


def tokens(chunks: Iterable[Any], *keys: str) -> list[Any]:
    """Chunks of the "messages" mode in short: the message, and its metadata, or some `keys` of it."""
    return [
        (told(message), {key: metadata.get(key) for key in keys} if keys else in_order(metadata))
        for message, metadata in chunks
    ]


class Listener(BaseCallbackHandler):
    """Notes starts, ends and errors of chain runs, tools and models, with their places in the tree of runs."""

    run_inline = True

    def __init__(self, *, metadata: bool = False) -> None:
        self.heard: list[Any] = []
        self._metadata = metadata
        self._numbers: dict[Any, int] = {}

    def number(self, run_id: Any) -> int | None:
        """Runs are numbered in order of appearance."""
        return None if run_id is None else self._numbers.setdefault(run_id, len(self._numbers))

    def _note(self, what: str, run_id: Any, *more: Any) -> None:
        self.heard.append((what, self.number(run_id), *more))

    def _start(self, what: str, run_id: Any, parent: Any, name: Any, given: Any, tags: Any, metadata: Any) -> None:
        more = [in_order(metadata)] if self._metadata else []
        self._note(what, run_id, self.number(parent), name, in_order(given), tags, *more)

    def on_chain_start(self, serialized, inputs, *, run_id, parent_run_id=None, tags=None, metadata=None, **kw):
        self._start("start", run_id, parent_run_id, kw.get("name"), inputs, tags, metadata)

    def on_chain_end(self, outputs, *, run_id, parent_run_id=None, **kw):
        self._note("end", run_id, in_order(outputs))

    def on_chain_error(self, error, *, run_id, parent_run_id=None, **kw):
        self._note("error", run_id, type(error).__name__)

    def on_chat_model_start(self, serialized, messages, *, run_id, parent_run_id=None, tags=None, metadata=None, **kw):
        if metadata:
            metadata = {key: value for key, value in metadata.items() if key != "lc_versions"}
        self._start("model", run_id, parent_run_id, kw.get("name"), None, tags, metadata)

    def on_llm_new_token(self, token, *, run_id, parent_run_id=None, **kw):
        self._note("token", run_id, token)

    def on_llm_end(self, response, *, run_id, parent_run_id=None, **kw):
        self._note("said", run_id, response.generations[0][0].text)

    def on_tool_start(self, serialized, input_str, *, run_id, parent_run_id=None, tags=None, metadata=None, **kw):
        self._start("tool", run_id, parent_run_id, serialized["name"], input_str, tags, metadata)

    def on_tool_end(self, output, *, run_id, parent_run_id=None, **kw):
        self._note("told", run_id, str(output))

    def on_tool_error(self, error, *, run_id, parent_run_id=None, **kw):
        self._note("tool error", run_id, type(error).__name__)

    def on_custom_event(self, name, data, *, run_id, tags=None, metadata=None, **kw):
        self._note("custom", run_id, name, data, tags)
