"""One execution of a node, as callbacks hear of it: a chain run below that of its graph."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks.base import BaseCallbackHandler
from langchain_core.callbacks.manager import AsyncCallbackManager, AsyncCallbackManagerForChainRun, CallbackManager
from langchain_core.tracers._streaming import _StreamingCallbackHandler
from langchain_core.tracers.base import AsyncBaseTracer, BaseTracer

from actograph.config import metadata_of
from actograph.constants import START, TAG_HIDDEN
from actograph.engine.calls.call import Call
from actograph.errors import ParentCommand, _ParentSignal
from actograph.pregel.langchain.managers import as_sync
from actograph.pregel.langchain.messages import MessagesHandler, note_given, send_returned
from actograph.pregel.shapes import MESSAGES
from actograph.runtime import scope_of

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.pregel.langchain.trace import RunTrace

logger = logging.getLogger("actograph")

FIRST_STEP = "seq:step:1"
"""Tag of what the user's code in a node calls."""


class TaskTrace:
    """A task's chain run."""

    __slots__ = ("callbacks", "closed", "handlers", "of", "output", "run", "task")

    def __init__(self, of: RunTrace, task: Task, run: Any) -> None:
        self.of = of
        self.task = task
        self.run = run
        """LangChain's manager of the chain run."""
        self.callbacks: Any = run.get_child(FIRST_STEP)
        """What the node's code finds in its config at the moment."""
        self.output: Any = None
        """What the node's code returned."""
        self.closed = False
        """Callbacks have heard of its end: a pause ends it for them, also where the task is held and goes on."""
        self.handlers: list[MessagesHandler] = []
        scope = scope_of(task)
        scope.trace = self
        scope.config = None
        of.open[task] = self
        wanted = task.run.emit.wanted
        if not wanted.isdisjoint(MESSAGES):
            self.handlers = [
                one for one in run.inheritable_handlers if isinstance(one, MessagesHandler) and one.mode in wanted
            ]
            for handler in self.handlers:
                handler.tasks[task.checkpoint_ns] = task
            note_given(task, task.input)

    @property
    def is_async(self) -> bool:
        """Whether its callbacks are awaited."""
        return isinstance(self.run, AsyncCallbackManagerForChainRun)

    # -- its end -----------------------------------------------------------------------------------------------------------------

    def ended(self) -> None:
        """The node has done its work."""
        if self.closed:
            return
        self._close()
        for run, output in self._ends():
            run.on_chain_end(output)

    async def aended(self) -> None:
        """Like `ended`."""
        if self.closed:
            return
        self._close()
        for handler in self.run.handlers:
            if isinstance(handler, _StreamingCallbackHandler) and not isinstance(handler, MessagesHandler):
                async for _ in handler.tap_output_aiter(self.run.run_id, _once(self.output)):
                    continue
        for run, output in self._ends():
            await run.on_chain_end(output)

    def failed(self, error: BaseException) -> None:
        """The attempt has failed, or pauses."""
        if self.closed:
            return
        self._leave()
        self.run.on_chain_error(told(error))

    async def afailed(self, error: BaseException) -> None:
        """Like `failed`."""
        if self.closed:
            return
        self._leave()
        await self.run.on_chain_error(told(error))

    def _close(self) -> None:
        if self.handlers and not self.task.node.hidden:
            send_returned(self.task, self.output, self.run.metadata, self.handlers)
        self._leave()

    def _leave(self) -> None:
        self.closed = True
        self.of.open.pop(self.task, None)
        for handler in self.handlers:
            handler.tasks.pop(self.task.checkpoint_ns, None)

    def _ends(self) -> Iterator[tuple[Any, Any]]:
        """The chain run with what is told of its output; tracers are told what the node's policy makes of it."""
        policy = self.task.node.trace
        if policy is None or policy.process_outputs is None:
            yield self.run, self.output
            return
        plain, tracers = _apart(self.run.handlers)
        self.run.handlers = plain
        yield self.run, self.output
        self.run.handlers = tracers
        yield self.run, _processed(policy.process_outputs, self.output, self.task.name)

    # -- what runs inside --------------------------------------------------------------------------------------------------------

    def within(self, callbacks: Any) -> _Within:
        """Around code of the task that finds other callbacks in its config."""
        return _Within(self, callbacks)

    def child(self, tag: str) -> Any:
        """Callbacks for a part of the node's work."""
        manager = self.run.get_child(tag)
        # Again, so that the part's own tag comes first.
        manager.add_tags(list(manager.inheritable_tags))
        return manager

    def sync_child(self, tag: str) -> Any:
        """The same, for code that cannot await."""
        return as_sync(self.child(tag))


class _Within:
    __slots__ = ("_before", "_callbacks", "_trace")

    def __init__(self, trace: TaskTrace, callbacks: Any) -> None:
        self._trace = trace
        self._callbacks = callbacks

    def __enter__(self) -> None:
        self._before = self._trace.callbacks
        self._set(self._callbacks)

    def __exit__(self, *_: object) -> None:
        self._set(self._before)

    def _set(self, callbacks: Any) -> None:
        self._trace.callbacks = callbacks
        scope_of(self._trace.task).config = None


def told(error: BaseException) -> BaseException:
    """An error as callbacks hear of it: a command on its way to the parent graph is one that reached no parent yet."""
    return ParentCommand(error.command) if isinstance(error, _ParentSignal) else error


def begin_task(of: RunTrace, task: Task, *, sync: bool) -> Any:
    """Start a task's chain run; returns LangChain's manager of it, or an awaitable of that."""
    outer = scope_of(task.caller).trace if isinstance(task, Call) else None
    manager = of.child(f"graph:step:{task.step}") if outer is None else outer.child(FIRST_STEP)
    if sync:
        manager = as_sync(manager)
    # Again, so that the run's own tags come last.
    manager.add_tags([*of.tags, *task.node.tags, *((TAG_HIDDEN,) if task.name == START else ())])
    manager.add_metadata(metadata_of(task))
    given = _arguments(task) if isinstance(task, Call) else task.input
    policy = task.node.trace
    if policy is None or policy.process_inputs is None:
        return manager.on_chain_start(None, given, name=task.name)
    if isinstance(manager, CallbackManager):
        return _begin_apart(manager, task.name, given, policy.process_inputs)
    return _abegin_apart(manager, task.name, given, policy.process_inputs)


def _begin_apart(manager: CallbackManager, name: str, given: Any, shown: Callable[[Any], Any]) -> Any:
    """Start a chain run of which tracers are told another input than other handlers."""
    handlers = manager.handlers
    manager.handlers, tracers = _apart(handlers)
    run = manager.on_chain_start(None, given, name=name)
    manager.handlers = tracers
    manager.on_chain_start(None, _processed(shown, given, name), name=name, run_id=run.run_id)
    run.handlers = handlers
    return run


async def _abegin_apart(manager: AsyncCallbackManager, name: str, given: Any, shown: Callable[[Any], Any]) -> Any:
    handlers = manager.handlers
    manager.handlers, tracers = _apart(handlers)
    run = await manager.on_chain_start(None, given, name=name)
    manager.handlers = tracers
    await manager.on_chain_start(None, _processed(shown, given, name), name=name, run_id=run.run_id)
    run.handlers = handlers
    return run


def _processed(process: Callable[[Any], Any], value: Any, name: str) -> Any:
    """What a trace policy makes of a value; the value itself where that fails: a trace is no reason for a run to fail."""
    try:
        return process(value)
    except Exception:
        logger.exception("the trace policy of node %r failed; what it was to process is recorded as it is", name)
        return value


def _apart(handlers: list[BaseCallbackHandler]) -> tuple[list[BaseCallbackHandler], list[BaseCallbackHandler]]:
    """Handlers, and those among them that are tracers: these record what they hear."""
    tracers: list[BaseCallbackHandler] = [one for one in handlers if isinstance(one, BaseTracer | AsyncBaseTracer)]
    return [handler for handler in handlers if handler not in tracers], tracers


def _arguments(call: Call) -> Any:
    args, kwargs = call.input
    try:
        return dict(inspect.signature(call.node.code).bind_partial(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return {"args": args, "kwargs": kwargs}


def trace_of(task: Task) -> TaskTrace:
    """The trace of a task that is observed."""
    found: TaskTrace = scope_of(task).trace
    return found


async def _once(value: Any) -> AsyncIterator[Any]:
    yield value
