"""Running a graph: `invoke` and `stream`, sync and async.

Every method here is thin: it makes a `Launch` and hands it to the one engine, which the async forms await and the sync forms drive.
"""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from actograph.engine.drive import run_async, run_sync, stream_async, stream_sync
from actograph.engine.launch import Launch
from actograph.pregel.base import Config, PregelBase
from actograph.pregel.config import prepare
from actograph.pregel.shapes import LIVE, Modes, Shape, Version, whole
from actograph.types import All, Command, Durability, GraphOutput
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.runtime import RunControl


_NONE: Final[frozenset[str]] = frozenset()


class Running(PregelBase[StateT, ContextT, InputT, OutputT]):
    """Runs a graph."""

    @overload
    def invoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Literal["values"] = "values",
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        version: Literal["v2"],
        **kwargs: Any,
    ) -> GraphOutput[OutputT]: ...
    @overload
    def invoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = "values",
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        version: Version = "v1",
        **kwargs: Any,
    ) -> Any: ...
    def invoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = "values",
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        version: Version = "v1",
        **kwargs: Any,
    ) -> Any:
        """Run the graph and return its output; see `ainvoke`. Also inside a running event loop, which it then blocks."""
        if stream_mode == "values" and not print_mode and not kwargs and version == "v1" and not self.debug:
            launch = self._launch(
                input, config, context, output_keys, interrupt_before, interrupt_after, durability, control, sync=True
            )
            return PLAIN.returned(*run_sync(launch), values=True)
        shape, durability = self._asked(stream_mode, print_mode, durability, version, kwargs)
        values = stream_mode == "values"
        asked = (input, config, context, output_keys, interrupt_before, interrupt_after, durability, control)
        modes = shape.printed if values else shape.read
        launch = self._launch(*asked, modes=modes, sync=True, subgraphs=shape.subgraphs)
        return shape.returned(*run_sync(shape.of(launch)), values=values)

    @overload
    async def ainvoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Literal["values"] = "values",
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        version: Literal["v2"],
        **kwargs: Any,
    ) -> GraphOutput[OutputT]: ...
    @overload
    async def ainvoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = "values",
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        version: Version = "v1",
        **kwargs: Any,
    ) -> Any: ...
    async def ainvoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = "values",
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        version: Version = "v1",
        **kwargs: Any,
    ) -> Any:
        """Run the graph and return its output.

        Parameters:
            input: the state to start from; a `Command` to resume or steer a thread; None to continue a paused or failed one.
            config: `{"configurable": {"thread_id": ...}}` names the thread (needed with a checkpointer); `recursion_limit` bounds the
                supersteps; further keys as in LangChain's RunnableConfig.
            context: run-scoped values for nodes, of the graph's `context_schema`.
            stream_mode: "values" returns the last state; other modes return the list of their chunks.
            print_mode: modes whose chunks are printed, for debugging; the result does not change.
            output_keys: what to return of the state; by default the output schema.
            interrupt_before, interrupt_after: nodes, or "*", to pause before or after.
            durability: when checkpoints are stored: "sync", "async" (default) or "exit".
            control: asks the run, from outside, to stop between two supersteps.
            version: "v2" returns a `GraphOutput`, or the list of parts for other modes than "values".
            kwargs: `debug=True` prints values and updates; `subgraphs=True` lists the chunks of sub-graphs too.

        Returns: a dict with the state's keys, and `__interrupt__` (a list of `Interrupt`) when the run paused with questions.
        Raises: EmptyInputError, GraphRecursionError, InvalidUpdateError, and whatever a node raises.
        """
        if stream_mode == "values" and not print_mode and not kwargs and version == "v1" and not self.debug:
            launch = self._launch(
                input, config, context, output_keys, interrupt_before, interrupt_after, durability, control, sync=False
            )
            return PLAIN.returned(*await run_async(launch), values=True)
        shape, durability = self._asked(stream_mode, print_mode, durability, version, kwargs)
        values = stream_mode == "values"
        asked = (input, config, context, output_keys, interrupt_before, interrupt_after, durability, control)
        modes = shape.printed if values else shape.read
        launch = self._launch(*asked, modes=modes, sync=False, subgraphs=shape.subgraphs)
        return shape.returned(*await run_async(shape.of(launch)), values=values)

    def stream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        subgraphs: bool = False,
        debug: bool | None = None,
        version: Version = "v1",
        **kwargs: Any,
    ) -> Generator[Any, None, None]:
        """Run the graph and yield its chunks; see `astream`. Closing the iterator stops the run."""
        kwargs.update(subgraphs=subgraphs, debug=debug)
        shape, durability = self._asked(stream_mode, print_mode, durability, version, kwargs)
        asked = (input, config, context, output_keys, interrupt_before, interrupt_after, durability, control)

        def make() -> Launch:
            return shape.of(self._launch(*asked, modes=shape.read, sync=True, stream=True, subgraphs=subgraphs))

        return shape.shown(stream_sync(make, whole)) if shape.printed else stream_sync(make, shape.each)

    def astream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        print_mode: Modes = (),
        output_keys: str | Sequence[str] | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        durability: Durability | None = None,
        control: RunControl | None = None,
        subgraphs: bool = False,
        debug: bool | None = None,
        version: Version = "v1",
        **kwargs: Any,
    ) -> AsyncGenerator[Any, None]:
        """Run the graph and yield its chunks as they come.

        A superstep starts when the chunks of the one before were taken: who stops reading stops the run, and closing the iterator cancels
        it and waits for its nodes. Parameters as `ainvoke`, and:

            stream_mode: what to yield; a list of modes yields `(mode, chunk)`.
                "values": the state after each superstep. "updates": `{node: update}` as each task ends. "custom": what nodes write.
                "messages": `(message chunk, metadata)` of chat models. "tasks": starts and ends of tasks. "checkpoints": the checkpoint
                after each superstep, with a checkpointer. "debug": the last two, with superstep and time. The default is the graph's
                `stream_mode`.
            print_mode: modes whose chunks are printed, for debugging; what is yielded does not change.
            subgraphs: yield the chunks of sub-graphs too; each chunk then comes after its namespace, `(namespace, chunk)` or
                `(namespace, mode, chunk)`, which is a tuple of `"node:task_id"` and empty for this graph.
            debug: print values and updates.
            version: "v2" yields dicts `{"type": mode, "ns": namespace, "data": chunk}`, those of "values" with "interrupts".

        Raises what `ainvoke` raises.
        """
        kwargs.update(subgraphs=subgraphs, debug=debug)
        shape, durability = self._asked(stream_mode, print_mode, durability, version, kwargs)
        asked = (input, config, context, output_keys, interrupt_before, interrupt_after, durability, control)

        def make() -> Launch:
            return shape.of(self._launch(*asked, modes=shape.read, sync=False, stream=True, subgraphs=subgraphs))

        return shape.ashown(stream_async(make, whole)) if shape.printed else stream_async(make, shape.each)

    def _asked(
        self,
        stream_mode: Modes | None,
        print_mode: Modes,
        durability: Durability | None,
        version: Version,
        more: Mapping[str, Any],
    ) -> tuple[Shape, Durability | None]:
        """What the caller wants to see, and the durability under whichever name it was given."""
        unknown = more.keys() - _FURTHER
        if unknown:
            warnings.warn(
                f"graph {self.name!r} knows no argument {', '.join(map(repr, sorted(unknown)))} and ignores it; what nodes need goes into "
                "context=, settings of the run into config=",
                UserWarning,
                stacklevel=3,
            )
        if more.get("checkpoint_during") is not None:
            durability = _older_durability(more["checkpoint_during"], durability)
        if more.get("debug") or self.debug:
            printed: tuple[Any, ...] = (print_mode,) if isinstance(print_mode, str) else tuple(print_mode)
            print_mode = (*printed, "updates", "values")
        v2 = version == "v2"
        shape = Shape(
            self.stream_mode if stream_mode is None else stream_mode,
            subgraphs=bool(more.get("subgraphs")),
            version=version,
            printed=print_mode,
            state=self._maker("state") if v2 else None,
            output=self._maker("output") if v2 else None,
            below=self._alike if v2 else None,
        )
        return shape, durability

    def _launch(
        self,
        input: Any,
        config: Config | None,
        context: Any,
        output_keys: str | Sequence[str] | None,
        interrupt_before: All | Sequence[str] | None,
        interrupt_after: All | Sequence[str] | None,
        durability: Durability | None,
        control: RunControl | None,
        *,
        sync: bool,
        modes: frozenset[str] = _NONE,
        stream: bool = False,
        subgraphs: bool = False,
    ) -> Launch:
        return prepare(
            self,
            input,
            config,
            context=context,
            modes=modes,
            subgraphs=subgraphs,
            output_keys=output_keys,
            interrupt_before=interrupt_before,
            interrupt_after=interrupt_after,
            durability=durability,
            control=control,
            sync=sync,
            stream=stream,
            # What nodes emit must come while they run: then they may not keep the reader's thread busy.
            live=stream and (subgraphs or self.stream_eager or not modes.isdisjoint(LIVE)),
        )


PLAIN = Shape("values")
"""Of most runs."""

_FURTHER = frozenset(("checkpoint_during", "debug", "subgraphs"))
"""Arguments that are not in every signature."""


def _older_durability(during: bool, durability: Durability | None) -> Durability:
    """What `checkpoint_during` means. Raises ValueError when `durability` is given too."""
    if durability is not None:
        raise ValueError("checkpoint_during and durability say the same thing: use durability alone")
    warnings.warn(
        'checkpoint_during is deprecated: use durability="async" for True, durability="exit" for False',
        DeprecationWarning,
        stacklevel=4,
    )
    return "async" if during else "exit"
