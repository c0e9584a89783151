"""What a caller asks for of a stream, and how a chunk looks to him: modes, sub-graphs, version, and printing beside it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import aclosing, closing
from typing import Any, Final, Literal

from actograph.constants import INTERRUPT
from actograph.engine.launch import Launch, RunResult
from actograph.engine.streams.emitter import namespace_of
from actograph.types import GraphOutput, StreamMode

Modes = StreamMode | Sequence[StreamMode]
Version = Literal["v1", "v2"]
Chunk = tuple[tuple[str, ...], str, Any]
Make = Callable[[Any], Any]
"""Makes an instance of a schema of plain values."""

MODES: Final = frozenset(("values", "updates", "checkpoints", "tasks", "debug", "messages", "custom"))
MESSAGE_EVENTS: Final = "messages/events"
"""What the event stream asks for as "messages": models then tell of the parts of their messages one by one."""
MESSAGES: Final = frozenset(("messages", MESSAGE_EVENTS))
LIVE: Final = frozenset(("custom", *MESSAGES))
"""Modes whose chunks nodes make while they run."""


def modes_of(modes: Modes) -> frozenset[str]:
    """The modes asked for. Raises ValueError for one that there is not."""
    if not isinstance(modes, str | Iterable):
        raise TypeError(f"stream_mode must be a mode or a list of modes, not {modes!r}")
    asked = frozenset((modes,) if isinstance(modes, str) else modes)
    unknown = asked - MODES - {MESSAGE_EVENTS}
    if unknown:
        raise ValueError(
            f"stream mode {', '.join(map(repr, sorted(map(str, unknown))))} is not offered; choose among {', '.join(sorted(MODES))}"
        )
    return asked


class Shape:
    """How the chunks of one stream look.

    One mode gives bare chunks, a list of modes gives them with their mode; with `subgraphs` the namespace comes first. Version "v2" gives
    dicts that hold all of it. `state` and `output` make instances of the graph's schemas, for version "v2"; values of a sub-graph become
    that where `below` says that it has the very same schemas.
    """

    __slots__ = ("below", "each", "modes", "output", "own", "printed", "state", "subgraphs", "version")

    def __init__(
        self,
        modes: Modes,
        *,
        subgraphs: bool = False,
        version: Version = "v1",
        printed: Modes = (),
        state: Make | None = None,
        output: Make | None = None,
        below: Callable[[tuple[str, ...]], bool] | None = None,
    ) -> None:
        self.modes = modes_of(modes)
        self.printed = modes_of(printed)
        self.subgraphs = subgraphs
        self.version = version
        self.state = state
        self.output = output
        self.below = below
        self.own: tuple[str, ...] = ()
        """The namespace of the run itself."""
        several = isinstance(modes, list)
        self.each: Callable[[Chunk], Any]
        """A chunk as the caller gets it."""
        if version == "v2":
            self.each = self._part
        elif several:
            self.each = whole if subgraphs else _with_mode
        else:
            self.each = _with_namespace if subgraphs else _bare

    @property
    def read(self) -> frozenset[str]:
        """Modes that the run has to emit."""
        return self.modes | self.printed if self.printed else self.modes

    def of(self, launch: Launch) -> Launch:
        """`launch`, the run whose chunks these are."""
        if launch.parent is not None:
            self.own = namespace_of(launch)
        return launch

    def _part(self, chunk: Chunk) -> dict[str, Any]:
        ns, mode, payload = chunk
        if mode == "values":
            interrupts: Any = ()
            if isinstance(payload, dict) and INTERRUPT in payload:
                interrupts = payload[INTERRUPT]
                payload = {key: value for key, value in payload.items() if key != INTERRUPT}
            return {"type": mode, "ns": ns, "data": self._made(self.output, ns, payload), "interrupts": interrupts}
        if mode == "checkpoints":
            payload = self._checkpoint(ns, payload)
        elif mode == "debug" and payload["type"] == "checkpoint":
            payload = {**payload, "payload": self._checkpoint(ns, payload["payload"])}
        return {"type": mode, "ns": ns, "data": payload}

    def _checkpoint(self, ns: tuple[str, ...], payload: dict[str, Any]) -> dict[str, Any]:
        # Before the input is taken there may be no whole state.
        if self.state is None or payload["metadata"].get("source") == "input":
            return payload
        return {**payload, "values": self._made(self.state, ns, payload["values"])}

    def _made(self, make: Make | None, ns: tuple[str, ...], values: Any) -> Any:
        if make is None or not isinstance(values, Mapping) or not values:
            return values
        # The state of a sub-graph with a schema of its own stays as it is.
        return make(values) if ns == self.own or (self.below and self.below(ns[len(self.own) :])) else values

    def returned(self, result: RunResult, chunks: list[Chunk], *, values: bool) -> Any:
        """What `invoke` returns: the output, or with other modes than "values" the list of chunks."""
        if self.printed:
            for chunk in chunks:
                self.show(chunk)
            chunks = [chunk for chunk in chunks if chunk[1] in self.modes]
        if not values:
            return list(map(self.each, chunks))
        if self.version == "v2":
            shown = {} if result.interrupts and not isinstance(result.values, Mapping) else result.values
            return GraphOutput(self._made(self.output, self.own, shown), result.interrupts)
        if not result.interrupts:
            return result.values
        questions = list(result.interrupts)
        given = result.values
        return {**given, INTERRUPT: questions} if isinstance(given, dict) else {INTERRUPT: questions}

    # -- printing beside the stream ------------------------------------------------------------------------------------------------

    def show(self, chunk: Chunk) -> None:
        """Print a chunk, if its mode is to be printed."""
        ns, mode, payload = chunk
        if mode in self.printed:
            graph = f"{_YELLOW}[graph={ns}]{_PLAIN} " if ns else ""
            print(f"{_BOLD}[{mode}]{_PLAIN} {graph}{payload}")

    def shown(self, chunks: Generator[Chunk, None, None]) -> Generator[Any, None, None]:
        """The chunks of the modes asked for; those to be printed are printed as they pass."""
        with closing(chunks):
            for chunk in chunks:
                self.show(chunk)
                if chunk[1] in self.modes:
                    yield self.each(chunk)

    async def ashown(self, chunks: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Any, None]:
        """Like `shown`."""
        async with aclosing(chunks):
            async for chunk in chunks:
                self.show(chunk)
                if chunk[1] in self.modes:
                    yield self.each(chunk)


_BOLD: Final = "\033[1m"
_YELLOW: Final = "\033[1;30;33m"
_PLAIN: Final = "\033[0m"


def _bare(chunk: Chunk) -> Any:
    return chunk[2]


def _with_mode(chunk: Chunk) -> tuple[str, Any]:
    return chunk[1:]


def _with_namespace(chunk: Chunk) -> tuple[tuple[str, ...], Any]:
    return chunk[0], chunk[2]


def whole(chunk: Chunk) -> Chunk:
    """A chunk as the engine makes it."""
    return chunk


def maker(schema: Any, keys: Collection[str]) -> Make | None:
    """Makes instances of a dataclass or model of the values under `keys`; None for schemas whose instances are dicts or plain values."""
    if not isinstance(schema, type) or issubclass(schema, dict) or not hasattr(schema, "__annotations__") or not keys:
        return None

    def make(values: Any) -> Any:
        return schema(**{key: values[key] for key in keys if key in values})

    return make
