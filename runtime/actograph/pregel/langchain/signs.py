"""Signs of life of what a node calls through LangChain: each callback, such as a model's token, sets the node's idle clock anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import BaseCallbackHandler

from actograph.pregel.langchain.current import silent_manager

if TYPE_CHECKING:
    from actograph.engine.task import Task


class SignsOfLife(BaseCallbackHandler):
    """Tells a task's clock of everything that happens below it."""

    run_inline = True

    def __init__(self, task: Task) -> None:
        self.task = task

    def _sign(self, *_: Any, **__: Any) -> None:
        self.task.stir()

    on_llm_start = on_llm_new_token = on_llm_end = on_llm_error = _sign
    on_chat_model_start = _sign
    on_chain_start = on_chain_end = on_chain_error = _sign
    on_tool_start = on_tool_end = on_tool_error = _sign
    on_retriever_start = on_retriever_end = on_retriever_error = _sign
    on_agent_action = on_agent_finish = _sign
    on_text = on_retry = on_custom_event = _sign


def with_signs(task: Task, callbacks: Any) -> Any:
    """`callbacks` of a task's config, so that they are heard by its clock too."""
    handler = SignsOfLife(task)
    if isinstance(callbacks, list):
        return [*callbacks, handler]
    manager = silent_manager() if callbacks is None else callbacks.copy()
    manager.add_handler(handler, True)
    return manager


__all__ = ("SignsOfLife", "with_signs")
