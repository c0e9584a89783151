"""One run of a graph, as callbacks hear of it: a chain run, with one below it for each attempt of a node."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec
from langchain_core.tracers._streaming import _StreamingCallbackHandler

from actograph.constants import CONF, RETURN
from actograph.engine.node import work_through
from actograph.engine.plan import NodePlan, Segment
from actograph.engine.streams.emitter import namespace_of
from actograph.engine.streams.views import update_of
from actograph.engine.task import TaskState
from actograph.errors import GraphInterrupt
from actograph.pregel.langchain.managers import listened, manager_for
from actograph.pregel.langchain.message_events import MessageEventsHandler
from actograph.pregel.langchain.messages import MessagesHandler
from actograph.pregel.langchain.tasks import TaskTrace, begin_task, told
from actograph.pregel.shapes import MESSAGES
from actograph.runtime import scope_of

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.launch import RunResult
    from actograph.engine.task import Task
    from actograph.engine.trace import Stop

T = TypeVar("T")
INTEGRATION = "ls_integration"


def open_trace(
    name: str, given: Any, config: Mapping[str, Any], modes: frozenset[str], *, sync: bool
) -> RunTrace | None:
    """The trace of a run that is to be made; None when nobody listens."""
    callbacks = config.get("callbacks")
    streams = modes & MESSAGES
    if not streams and not listened(callbacks):
        return None
    metadata = dict(config.get("metadata") or ())
    thread_id = (config.get(CONF) or {}).get("thread_id")
    if thread_id is not None:
        metadata.setdefault("thread_id", thread_id)
    metadata.setdefault(INTEGRATION, "langgraph")
    tags: list[str] = list(config.get("tags") or ())
    manager = manager_for(callbacks, sync=sync, tags=tags, metadata=metadata)
    for mode in streams:
        kind = MessagesHandler if mode == MessagesHandler.mode else MessageEventsHandler
        if not any(type(handler) is kind for handler in manager.handlers):
            manager.add_handler(kind(), True)
    if not manager.handlers and not manager.inheritable_handlers:
        return None
    run_id = config.get("run_id")
    return RunTrace(
        manager,
        name=config.get("run_name") or name,
        given=given,
        run_id=UUID(str(run_id)) if run_id is not None else None,
        tags=tags,
        sync=sync,
    )


class RunTrace:
    """A run's chain run."""

    __slots__ = (
        "_given",
        "_manager",
        "_name",
        "_nodes",
        "_pause",
        "_run",
        "_run_id",
        "_sync",
        "open",
        "result",
        "seen",
        "tags",
    )

    def __init__(
        self, manager: Any, *, name: str, given: Any, run_id: UUID | None, tags: list[str], sync: bool
    ) -> None:
        self._manager = manager
        self._name = name
        self._given = given
        self._run_id = run_id
        self._sync = sync
        self._run: Any = None
        """LangChain's manager of the chain run, once that has begun."""
        self._nodes: dict[int, tuple[NodePlan, NodePlan]] = {}
        """Nodes as they were planned and as they are observed."""
        self._pause: Any = None
        """What handlers of the graph's lifecycle are told at the end."""
        self.tags = tags
        self.open: dict[Task, TaskTrace] = {}
        """Tasks whose chain runs have not ended."""
        self.seen: set[str] = set()
        """Ids of messages that the readers know."""
        self.result: RunResult | None = None

    def child(self, tag: str) -> Any:
        """Callbacks for what runs in the graph."""
        return self._run.get_child(tag)

    # -- the run -----------------------------------------------------------------------------------------------------------------

    def run(self, run: Callable[[], T]) -> T:
        """Call `run`, which runs the graph to its end and sets `result`."""
        self._begin()
        try:
            outcome = run()
        except BaseException as error:
            self._fail(error)
            raise
        self._end()
        return outcome

    async def arun(self, run: Callable[[], Awaitable[T]]) -> T:
        """Like `run`."""
        await self.abegin()
        try:
            outcome = await run()
        except BaseException as error:
            if not isinstance(error, GeneratorExit):  # then nothing can be awaited any more
                await self.afail(error)
            raise
        await self.aend()
        return outcome

    def chunks(self, chunks: Generator[Any, None, None]) -> Generator[Any, None, None]:
        """The chunks of the run on their way to its reader; reading them is running it."""
        self._begin()
        try:
            with closing(chunks):
                yield from chunks
        except BaseException as error:
            self._fail(error)
            raise
        self._end()

    def tapped(self, chunks: Any) -> Any:
        """The chunks of a run that is streamed, for the reader and for those who read along; `abegin` comes before the first."""
        for handler in self._run.handlers:
            if isinstance(handler, _StreamingCallbackHandler) and not isinstance(handler, MessagesHandler):
                chunks = handler.tap_output_aiter(self._run.run_id, chunks)
        return chunks

    def _begin(self) -> None:
        self._run = self._manager.on_chain_start(None, self._given, name=self._name, run_id=self._run_id)

    async def abegin(self) -> None:
        """The run begins."""
        self._run = await self._manager.on_chain_start(None, self._given, name=self._name, run_id=self._run_id)

    def _end(self) -> None:
        for trace in list(self.open.values()):
            if _has_ended(trace):
                trace.ended()
            else:
                trace.failed(GraphInterrupt(trace.task.questions))
        self._tell_pause()
        self._run.on_chain_end(None if self.result is None else self.result.values)

    async def aend(self) -> None:
        """The run has ended, and `result` is set."""
        for trace in list(self.open.values()):
            if _has_ended(trace):
                trace.ended()
            elif trace.is_async:
                await trace.afailed(GraphInterrupt(trace.task.questions))
            else:
                trace.failed(GraphInterrupt(trace.task.questions))
        self._tell_pause()
        await self._run.on_chain_end(None if self.result is None else self.result.values)

    def _fail(self, error: BaseException) -> None:
        for trace in list(self.open.values()):
            trace.failed(error)
        self._run.on_chain_error(told(error))

    async def afail(self, error: BaseException) -> None:
        """The run has failed, or its reader has left."""
        for trace in list(self.open.values()):
            if trace.is_async:
                await trace.afailed(error)
            else:
                trace.failed(error)
        await self._run.on_chain_error(told(error))

    # -- its lifecycle -----------------------------------------------------------------------------------------------------------

    def resumed(self, run: Coordinator) -> None:
        """The run goes on from a checkpoint instead of starting with an input."""
        handlers = self._lifecycle()
        if handlers:
            from actograph.callbacks import GraphResumeEvent, tell

            place = namespace_of(run.launch)
            tell(handlers, "on_resume", GraphResumeEvent(self._run.run_id, "pending", run.origin, place))

    def stopped(self, run: Coordinator, stop: Stop) -> None:
        """The run stops at questions, or at a static breakpoint."""
        self._pause = (stop, run.origin, namespace_of(run.launch))

    def _tell_pause(self) -> None:
        handlers = self._lifecycle()
        if handlers and self._pause is not None:
            from actograph.callbacks import GraphInterruptEvent, tell

            status, checkpoint_id, place = self._pause
            interrupts = self.result.interrupts if self.result is not None else ()
            event = GraphInterruptEvent(self._run.run_id, status, checkpoint_id, place, tuple(interrupts))
            tell(handlers, "on_interrupt", event)

    def _lifecycle(self) -> list[Any]:
        return [handler for handler in self._run.handlers if hasattr(handler, "on_interrupt")]

    # -- its tasks ---------------------------------------------------------------------------------------------------------------

    def callbacks(self, task: Task) -> Any:
        """What a task finds in its config."""
        known = self._nodes.get(id(task.node))
        if scope_of(task).trace is None and known is not None and known[1] is task.node:
            # Asked for before the node begins, as by the function that makes its cache key.
            return self.child(f"graph:step:{task.step}")
        return self._of(task).callbacks

    def _of(self, task: Task) -> TaskTrace:
        trace: TaskTrace | None = scope_of(task).trace
        if trace is None or trace.of is not self:
            # It was begun in another run, and waited for an answer in this one's thread.
            trace = self._opened(task)
        return trace

    def observed(self, node: NodePlan) -> NodePlan:
        """A node that does the same and is heard of; the node itself if it has no code that could be."""
        if node.observed is None and node.code is None:
            return node
        known = self._nodes.get(id(node))
        if known is None:
            segments = node.segments if node.observed is None else node.observed()
            # The plan is kept with it, so that no other gets its id.
            known = self._nodes[id(node)] = (node, msgspec.structs.replace(node, segments=(self._heard(segments),)))
            self._nodes[id(known[1])] = (known[1], known[1])
        return known[1]

    def _heard(self, segments: tuple[Segment, ...]) -> Segment:
        if self._sync and len(segments) == 1 and segments[0].blocking:
            return Segment(self._heard_blocking(segments[0].call), blocking=True)

        async def work(task: Task, value: Any) -> Any:
            if self._sync:
                # Where the node's own sync code runs: handlers see no running loop either.
                trace = await task.run.call_blocking(task, self._opened, None)
            else:
                trace = TaskTrace(self, task, await begin_task(self, task, sync=False))
            try:
                value = await work_through(task, segments, value)
            except BaseException as error:
                if isinstance(error, GeneratorExit):
                    raise
                trace = self._last(trace)
                if trace.is_async:
                    await trace.afailed(error)
                else:
                    await task.run.call_blocking(task, _failed, error)
                raise
            trace = self._last(trace)
            _take_result(trace)
            if trace.is_async:
                await trace.aended()
            else:
                await task.run.call_blocking(task, _ended, None)
            return value

        return Segment(work, blocking=False)

    def _heard_blocking(self, call: Callable[[Task, Any], Any]) -> Callable[[Task, Any], Any]:
        def work(task: Task, value: Any) -> Any:
            trace = self._opened(task)
            try:
                value = call(task, value)
            except BaseException as error:
                trace.failed(error)
                raise
            _take_result(trace)
            trace.ended()
            return value

        return work

    def _opened(self, task: Task, _: Any = None) -> TaskTrace:
        return TaskTrace(self, task, begin_task(self, task, sync=True))

    def _last(self, trace: TaskTrace) -> TaskTrace:
        """The trace that hears of a task's end: that of the run that has taken it over, if one has."""
        other = trace.task.run.launch.trace
        if other is self or not isinstance(other, RunTrace):
            return trace
        taken = other._of(trace.task)
        if taken is not trace:
            taken.output = trace.output
        return taken


def _failed(task: Task, error: BaseException) -> None:
    scope_of(task).trace.failed(error)


def _ended(task: Task, _: Any) -> None:
    scope_of(task).trace.ended()


def _has_ended(trace: TaskTrace) -> bool:
    """Whether a task is done that is still thought to run: it began in a run that nobody listened to, and was held."""
    task = trace.task
    if task.state is not TaskState.DONE:
        return False
    trace.output = update_of(task.writes, task.run.launch.stream_keys)
    return True


def _take_result(trace: TaskTrace) -> None:
    """What a call of a task returned is known by its writes."""
    for channel, value in trace.task.writes:
        if channel == RETURN:
            trace.output = value
