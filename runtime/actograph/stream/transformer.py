"""What a transformer is: it looks at every event of a run and builds projections of them."""

from __future__ import annotations

import asyncio
import functools
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from actograph.stream.events import ProtocolEvent, Scope

if TYPE_CHECKING:
    from actograph.stream.hub import Hub

logger = logging.getLogger("actograph.stream")


class StreamTransformer(ABC):
    """Looks at every event of a run and builds projections of them; subclass it, and give the class to `compile` or `stream_events`.

    Write `init`, which returns the projections by name, and `process` or, for async runs only, `aprocess`. A transformer is made anew for
    each run, and for each sub-graph of it, with the `scope` it looks at: its events, and those of the graphs below.

    Class attributes:
        required_stream_modes: modes that the graph must emit for it, e.g. `("custom",)`.
        before_builtins: run before the built-in transformers, to change what they see. Change only what they do not read of "tasks".
        requires_async: it calls `schedule`, and so needs an async run.
        supports_sync: it has async hooks, and works in a sync run without them.
        _native: its projections are attributes of the run too, and its named channels send events without the prefix "custom:".
    """

    requires_async: ClassVar[bool] = False
    supports_sync: ClassVar[bool] = False
    required_stream_modes: ClassVar[tuple[str, ...]] = ()
    before_builtins: ClassVar[bool] = False
    _native: ClassVar[bool] = False

    scope: Scope = ()

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        self.scope = scope

    @abstractmethod
    def init(self) -> dict[str, Any]:
        """The projections by name: `StreamChannel`s, or anything else. Called once, before the first event."""

    def process(self, event: ProtocolEvent) -> bool:
        """Look at `event`. Return False to keep it out of the raw stream; other transformers see it all the same."""
        raise NotImplementedError(
            f"{type(self).__name__} looks at no events: write process(event), or aprocess(event) for async runs"
        )

    async def aprocess(self, event: ProtocolEvent) -> bool:
        """`process` in an async run; the next transformer gets the event when this returns."""
        return self.process(event)

    def finalize(self) -> None:  # noqa: B027 - most transformers need no such hook
        """The run has ended. Channels are closed afterwards, so a last item may be pushed here."""

    async def afinalize(self) -> None:
        """`finalize` in an async run; what `schedule` started is done by then."""
        self.finalize()

    def fail(self, err: BaseException) -> None:  # noqa: B027
        """The run has ended with `err`. Channels get it without this."""

    async def afail(self, err: BaseException) -> None:
        """`fail` in an async run; what `schedule` started was cancelled by then."""
        self.fail(err)

    def schedule(
        self, coro: Coroutine[Any, Any, Any], *, on_error: Literal["log", "raise"] = "log"
    ) -> asyncio.Task[Any]:
        """Run `coro` beside the event stream. The end of the run waits for it; a failure or abort of the run cancels it.

        Parameters:
            on_error: "log" reports what it raises to the logger `actograph.stream`; "raise" lets the run end with it.
        Raises RuntimeError without a running event loop.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            coro.close()
            raise RuntimeError(
                f"{type(self).__name__}.schedule() needs an async run: read the graph with astream_events(), and set requires_async = True "
                "on the class, so that this shows when the run is made"
            ) from None
        task = loop.create_task(coro if on_error == "raise" else _logged(coro, type(self).__name__))
        self.scheduled.append(task)
        return task

    def attached(self, hub: Hub) -> None:  # noqa: B027
        """The transformer has become part of `hub`. For transformers that hand events on."""

    @functools.cached_property
    def scheduled(self) -> list[asyncio.Task[Any]]:
        """What `schedule` started."""
        return []


Factory = Callable[[Scope], StreamTransformer]
"""Makes a transformer for a scope: the class itself, or a function that calls it with more."""


async def _logged(coro: Coroutine[Any, Any, Any], name: str) -> Any:
    try:
        return await coro
    except Exception:
        logger.exception("a coroutine that %s scheduled failed", name)
        return None


def has_async_hooks(transformer: StreamTransformer) -> bool:
    """Whether it overrides a hook that only async runs call."""
    kind = type(transformer)
    return any(
        getattr(kind, hook) is not getattr(StreamTransformer, hook) for hook in ("aprocess", "afinalize", "afail")
    )
