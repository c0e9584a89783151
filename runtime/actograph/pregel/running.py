"""Running a graph: `invoke` and `stream`, sync and async.

Every method here is thin: it makes a `Launch` and hands it to the one engine, which the async forms await and the sync forms drive.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from typing import Any

from actograph.constants import INTERRUPT
from actograph.engine.drive import run_async, run_sync, stream_async, stream_sync
from actograph.engine.launch import Launch, RunResult
from actograph.pregel.base import Config, PregelBase
from actograph.pregel.config import prepare
from actograph.types import All, Command, Durability, StreamMode
from actograph.typing import ContextT, InputT, OutputT, StateT

Modes = StreamMode | Sequence[StreamMode]


class Running(PregelBase[StateT, ContextT, InputT, OutputT]):
    """Runs a graph."""

    def invoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes = "values",
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> Any:
        """Run the graph and return its output; see `ainvoke`. Also inside a running event loop, which it then blocks."""
        launch = self._launch(
            input,
            config,
            context,
            _collected(stream_mode),
            output_keys,
            interrupt_before,
            interrupt_after,
            durability,
            True,
        )
        return _returned(*run_sync(launch), stream_mode)

    async def ainvoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes = "values",
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> Any:
        """Run the graph and return its output.

        Parameters:
            input: the state to start from; a `Command` to resume or steer a thread; None to continue a paused or failed one.
            config: `{"configurable": {"thread_id": ...}}` names the thread (needed with a checkpointer); `recursion_limit` bounds the
                supersteps; further keys as in LangChain's RunnableConfig.
            context: run-scoped values for nodes, of the graph's `context_schema`.
            stream_mode: "values" returns the last state; other modes return the list of their chunks.
            output_keys: what to return of the state; by default the output schema.
            interrupt_before, interrupt_after: nodes, or "*", to pause before or after.
            durability: when checkpoints are stored: "sync", "async" (default) or "exit".

        Returns: a dict with the state's keys, and `__interrupt__` (a list of `Interrupt`) when the run paused with questions.
        Raises: EmptyInputError, GraphRecursionError, InvalidUpdateError, and whatever a node raises.
        """
        launch = self._launch(
            input,
            config,
            context,
            _collected(stream_mode),
            output_keys,
            interrupt_before,
            interrupt_after,
            durability,
            False,
        )
        return _returned(*await run_async(launch), stream_mode)

    def stream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> Generator[Any, None, None]:
        """Run the graph and yield its chunks; see `astream`."""
        mode = self.stream_mode if stream_mode is None else stream_mode

        def make() -> Launch:
            return self._launch(
                input,
                config,
                context,
                _modes(mode),
                output_keys,
                interrupt_before,
                interrupt_after,
                durability,
                True,
                stream=True,
            )

        return stream_sync(make, _shape(mode))

    def astream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
    ) -> AsyncGenerator[Any, None]:
        """Run the graph and yield its chunks as they come.

        `stream_mode`: "values" (the state after each superstep), "updates" (`{node: update}` as each task ends), "custom" (what nodes
        write), or a list of modes, which yields `(mode, chunk)`. A superstep starts when the chunks of the one before were taken: who
        stops reading stops the run, and closing the iterator cancels it and waits for its nodes. Parameters and errors as `ainvoke`.
        """
        mode = self.stream_mode if stream_mode is None else stream_mode

        def make() -> Launch:
            return self._launch(
                input,
                config,
                context,
                _modes(mode),
                output_keys,
                interrupt_before,
                interrupt_after,
                durability,
                False,
                stream=True,
            )

        return stream_async(make, _shape(mode))

    def _launch(
        self,
        input: Any,
        config: Config | None,
        context: Any,
        modes: frozenset[str],
        output_keys: str | Sequence[str] | None,
        interrupt_before: All | Sequence[str] | None,
        interrupt_after: All | Sequence[str] | None,
        durability: Durability | None,
        sync: bool,
        *,
        stream: bool = False,
    ) -> Launch:
        return prepare(
            self,
            input,
            config,
            context=context,
            modes=modes,
            output_keys=output_keys,
            interrupt_before=interrupt_before,
            interrupt_after=interrupt_after,
            durability=durability,
            sync=sync,
            # A node's own chunks must come while it runs: then it may not keep the reader's thread busy.
            live=stream and "custom" in modes,
        )


def _modes(mode: Modes) -> frozenset[str]:
    return frozenset((mode,) if isinstance(mode, str) else mode)


def _collected(mode: Modes) -> frozenset[str]:
    """The modes whose chunks an invoke returns; "values" alone returns the result instead."""
    return frozenset() if mode == "values" else _modes(mode)


def _shape(mode: Modes) -> Callable[[tuple[Any, str, Any]], Any]:
    """How a chunk looks to the reader: bare for one mode, with its mode for a list."""
    if isinstance(mode, str):
        return lambda chunk: chunk[2]
    return lambda chunk: (chunk[1], chunk[2])


def _returned(result: RunResult, chunks: list[Any], mode: Modes) -> Any:
    if mode != "values":
        return list(map(_shape(mode), chunks))
    if not result.interrupts:
        return result.values
    values = result.values
    questions = list(result.interrupts)
    return {**values, INTERRUPT: questions} if isinstance(values, dict) else {INTERRUPT: questions}
