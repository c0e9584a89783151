"""One execution of a node in one superstep: what it reads, what it wrote, what it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import Context
from enum import IntEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from actograph.actors import Address
from actograph.channels.base import MISSING
from actograph.constants import NS_END, NS_SEP, PUSH
from actograph.engine.messages import Suspended, Woken
from actograph.engine.plan import NodePlan, Writes
from actograph.errors import GraphInterrupt, TaskEvicted
from actograph.types import Interrupt, interrupt_id

if TYPE_CHECKING:
    from actograph.cache.base import FullKey
    from actograph.engine.calls.call import Call, CallBook
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.nesting.children import Children
    from actograph.engine.policies.clock import Clock
    from actograph.engine.suspended import HeldRun
    from actograph.errors import NodeError
    from actograph.types import TimeoutPolicy

TaskPath = tuple[Any, ...]
"""PULL and the node's name; PUSH and the place of the `Send`; PUSH, the caller's path and the place of a call."""


class TaskState(IntEnum):
    """Where a task stands within its superstep."""

    PLANNED = 0
    RUNNING = 1
    WAITING = 2
    """Its coroutine awaits answers where it stands."""
    INTERRUPTED = 3
    """It raised its question and has ended; it runs again when answered."""
    DONE = 4
    FAILED = 5


class Task:
    """One execution of a node. Handed to the node's behaviour; also what `interrupt()`, writers and `get_config()` find as current."""

    # Class-level defaults: most tasks never touch most of these, and making a task must stay cheap.
    state = TaskState.PLANNED
    context: Context | None = None
    answers: dict[str, Any] | None = None
    expected: dict[str, Any] | None = None
    """Values of the questions stored earlier, when several without keys were open at once: their order must not change."""
    waiting: dict[str, tuple[Interrupt, asyncio.Future[Any]]] | None = None
    raised: tuple[Interrupt, ...] = ()
    asked = 0
    calls: CallBook | None = None
    """Its calls of `@task` functions, once it has made any."""
    settling = 0
    """How many looks at whether it is suspended are still to come; the last one counts."""
    parked: tuple[Call, ...] = ()
    """Calls that wait for answers together with it, while it is suspended."""
    called = 0
    """Graphs called in the node so far, by all attempts."""
    children: Children | None = None
    """Graphs called in the node that have not ended."""
    cached = False
    attempt = 0
    """Attempts begun, the current one included."""
    started_at: float | None = None
    """Seconds since the epoch at the first attempt, for nodes that ask."""
    held: HeldRun | None = None
    """Stands in for the run while the thread is paused and the registry keeps the coroutine."""
    given_up = False
    """It was held and is no longer: nothing it does is recorded, and its thread goes on by replay."""
    error: BaseException | None = None
    rescued = False
    """It failed, and its node's error handler runs in its place."""
    failure: NodeError | None = None
    """What this task, an error handler's, deals with."""
    timeout: TimeoutPolicy | None = None
    """Of the `Send` that made it; counts in place of the node's."""
    caller: Task | None = None
    """The task whose code made this call of a `@task` function."""
    clock: Clock | None = None
    """Watches the attempt, if there are limits on it."""
    cache_key: FullKey | None = None
    """What its result is to be cached under."""
    home: Address
    """The node's actor that runs it."""
    _id: str | None = None
    memo: Any = None
    """Room for the behaviour: what it made for this task and may want again."""

    def __init__(
        self, run: Coordinator, node: NodePlan, path: TaskPath, triggers: Sequence[str], step: int, input: Any
    ) -> None:
        self.run = run
        self.node = node
        self.name = node.name
        self.path = path
        self.triggers = triggers
        self.step = step
        self.input = input
        self.writes: Writes = []

    def __repr__(self) -> str:
        return f"<Task {self.name} of superstep {self.step}, {self.state.name.lower()}>"

    @property
    def root(self) -> Task:
        """The planned task that this one belongs to: itself, unless it is a call."""
        return self

    @property
    def id(self) -> str:
        """Names this task: the same whenever the same checkpoint is continued, in this process or another."""
        if self._id is None:
            self._id = task_id(self.run.origin, self.run.launch.checkpoint_ns, self.step, self.path)
        return self._id

    @property
    def checkpoint_ns(self) -> str:
        """Namespace of what runs inside this task."""
        own = f"{self.name}{NS_END}{self.id}"
        outer = self.run.launch.checkpoint_ns
        return f"{outer}{NS_SEP}{own}" if outer else own

    # -- questions ---------------------------------------------------------------------------------------------------------------

    def _question(self, value: Any, key: str | None, schema: Any) -> tuple[str, Any]:
        """Id of the next question, and its answer or MISSING."""
        if self.given_up:
            raise TaskEvicted(f"node {self.name!r} was given up while its thread was paused: it cannot ask any more")
        if self.state is TaskState.DONE or self.state is TaskState.FAILED:
            raise RuntimeError(
                f"node {self.name!r} has ended: a task that it left behind cannot ask {value!r}; await it in the node"
            )
        if key is None:
            which: int | str = self.asked
            self.asked += 1
        else:
            which = key
        qid = interrupt_id(self.checkpoint_ns, which)
        if self.expected and key is None and qid in self.expected and not alike(self.expected[qid], value, unsure=True):
            raise RuntimeError(
                f"node {self.name!r} asked {value!r} where it asked {self.expected[qid]!r} before the pause: several questions were "
                "open at once and their order changed on replay; give each a key, e.g. interrupt(value, key=tool_call_id)"
            )
        answers = self.answers
        if answers is not None and qid in answers:
            return qid, answers[qid]
        parent = self.run.launch.parent
        if parent is not None:
            known = parent.answer_to(qid)
            if known is not MISSING:
                return qid, known
        spare = claim_spare(self.run)
        if spare is not MISSING:
            if answers is None:
                answers = self.answers = {}
            answers[qid] = spare
            return qid, spare
        return qid, MISSING

    def interrupt(self, value: Any, key: str | None, schema: Any) -> Any:
        """The answer, or GraphInterrupt."""
        qid, answer = self._question(value, key, schema)
        if answer is not MISSING:
            return answer
        question = Interrupt(value, qid, response_schema=schema)
        self.raised = (*self.raised, question)
        raise GraphInterrupt((question,))

    async def ainterrupt(self, value: Any, key: str | None, schema: Any) -> Any:
        """The answer, awaited in place."""
        launch = self.run.launch
        if launch.saver is None or not launch.holds or asyncio.get_running_loop() is not self.run.loop:
            # Nothing could resume it in place, or it is in a loop of the node's own: pause as interrupt() does.
            return self.interrupt(value, key, schema)
        qid, answer = self._question(value, key, schema)
        if answer is not MISSING:
            return answer
        if self.waiting is None:
            self.waiting = {}
        if qid in self.waiting:
            raise RuntimeError(f"node {self.name!r} has a question with key {key!r} open already; keys must differ")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting[qid] = (Interrupt(value, qid, response_schema=schema), future)
        if self.held is not None:
            self.held.add_questions(self)
        else:
            self.run.address.tell(Suspended(self))
        clock = self.clock
        if clock is not None:
            clock.stand()
        try:
            return await future
        except asyncio.CancelledError as cancelled:
            if self.held is not None:
                # The node's own time-out or cancel scope fired while the thread was paused.
                self.held.release(self)
            if self.given_up:
                raise TaskEvicted(
                    f"node {self.name!r} is given up: it stopped waiting while its thread was paused"
                ) from cancelled
            if self.state is TaskState.WAITING:
                self.run.address.tell(Woken(self))
            raise
        finally:
            self.waiting.pop(qid, None)
            if clock is not None:
                clock.go_on()

    def name_of_call(self, call: int) -> str:
        """Names a graph that this task calls, having called `call` others before: the same whenever the task runs again."""
        return task_id(self.id, self.checkpoint_ns, self.step, (call,))

    def answer_to(self, qid: str) -> Any:
        """The answer to a question of a graph called in this task, or MISSING."""
        if self.answers is not None and qid in self.answers:
            return self.answers[qid]
        parent = self.run.launch.parent
        return parent.answer_to(qid) if parent is not None else MISSING

    def pause_with(self, questions: tuple[Interrupt, ...]) -> GraphInterrupt:
        """What a graph called in this task asked is asked by the task: the signal to raise."""
        self.raised = (*self.raised, *questions)
        return GraphInterrupt(questions)

    @property
    def questions(self) -> tuple[Interrupt, ...]:
        """What this task waits for."""
        if self.waiting:
            return tuple(question for question, future in self.waiting.values() if not future.done())
        return self.raised

    def answer(self, answers: dict[str, Any]) -> None:
        """Deliver answers to the questions that are awaited in place."""
        self.answers = {**(self.answers or {}), **answers}
        for qid, value in answers.items():
            entry = self.waiting.get(qid) if self.waiting else None
            if entry is not None and not entry[1].done():
                entry[1].set_result(value)

    # -- output ------------------------------------------------------------------------------------------------------------------

    backlog: list[tuple[str, Any]] | None = None

    def keep_for_next_run(self, mode: str, payload: Any) -> None:
        """Keep what is emitted while the thread is paused."""
        if self.backlog is None:
            self.backlog = []
        self.backlog.append((mode, payload))

    def release_backlog(self) -> list[tuple[str, Any]]:
        """What was kept, once: stream mode and payload."""
        kept, self.backlog = self.backlog or [], None
        return kept

    def tell(self, outcome: Any) -> None:
        """Tell the run how this task ended. One that ends while its thread is paused is given up: the thread goes on by replay."""
        if self.held is not None:
            self.held.release(self)
        elif not self.given_up:
            self.run.address.tell(outcome)

    def emit(self, chunk: Any) -> None:
        """Send `chunk` to readers of the "custom" stream; from any thread."""
        if self.clock is not None or self.run.launch.parent is not None:
            if self.clock is not None and self.clock.kind:
                return  # its time is up: the attempt has failed, whatever it still says
            self.stir()
        self.run.emit_from(self, "custom", chunk)

    def emit_mode(self, mode: str, payload: Any) -> None:
        """Send `payload` to readers of a stream mode, as `emit` does."""
        self.run.emit_from(self, mode, payload)

    def stir(self) -> None:
        """A sign of life of this task, and so of those whose code called it or its graph: idle clocks that take any sign begin anew."""
        task: Task | None = self
        while task is not None:
            if task.clock is not None:
                task.clock.stir()
            task = task.run.launch.parent if task.caller is None else task.caller

    def heartbeat(self) -> None:
        """The node says that it is alive: its idle clock begins anew, and so do those of whoever called it or its graph. From any thread;
        nothing to do without an idle timeout."""
        task: Task | None = self
        while task is not None:
            if task.clock is not None:
                task.clock.beat()
            task = task.run.launch.parent if task.caller is None else task.caller


def alike(one: Any, other: Any, *, unsure: bool) -> bool:
    """Whether two values are equal; `unsure` for those that refuse to be compared, such as arrays."""
    try:
        return bool(one == other)
    except Exception:
        return unsure


def claim_spare(run: Any) -> Any:
    """The answer that was given before any question was asked, in this run or one around it; whoever asks first takes it."""
    while True:
        spare = run.spare_answer
        if spare is not MISSING:
            run.spare_answer = MISSING
            return spare
        parent = run.launch.parent
        if parent is None:
            return MISSING
        run = parent.run


def task_id(origin: str, namespace: str, step: int, path: TaskPath) -> str:
    """Id of a task, in the form of a UUID: from the checkpoint it starts from and its place in the superstep."""
    digest = blake2b(
        "\0".join((origin, namespace, str(step), path_text(path))).encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def path_text(path: TaskPath) -> str:
    """A path as text that sorts as the path does."""
    return ", ".join(f"{part:010d}" if type(part) is int else str(part) for part in path)


def path_order_of(path: TaskPath) -> tuple[bool, Any]:
    """Order of the fold: nodes by name, then `Send`s as they were sent."""
    return (path[0] == PUSH, path[1])


def path_order(task: Task) -> tuple[bool, Any]:
    """`path_order_of` a task's path."""
    return path_order_of(task.path)
