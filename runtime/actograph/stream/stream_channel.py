"""The queue behind every projection of an event stream: what a transformer pushes, its one reader takes."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from actograph.stream.hub import Hub

T = TypeVar("T")


class Source(Protocol):
    """Where the events come from: readers whose channel is empty ask it to go on."""

    def pull(self) -> bool:
        """Handle one more event; False when there is none."""
        ...

    async def apull(self, served: Callable[[], bool] | None = None) -> bool:
        """Like `pull`. Readers take turns; `served` tells one whose turn comes whether another has served it meanwhile."""
        ...


class StreamChannel(Generic[T]):
    """Items for one reader, kept from when it begins to read until it takes them.

    A transformer returns channels from `init()`, pushes into them, and leaves the rest to the run: a channel is iterable once the run has
    started, with `for` in a sync run and `async for` in an async one, and ends, or raises the run's error, with the run. Iterating it makes
    the run go on. What is pushed while nobody reads it is dropped, so a projection nobody wants costs no memory.

    Parameters:
        name: with a name, every item is also sent as an event `custom:<name>` of the run's raw stream.
        maxlen: a reader with so many items unread is let through before another reader makes the run go on. Nothing is dropped.
    Raises: ValueError for a `maxlen` below 1.
    """

    def __init__(self, name: str | None = None, *, maxlen: int | None = None) -> None:
        if maxlen is not None and maxlen < 1:
            raise ValueError(f"StreamChannel(maxlen={maxlen}): at least 1, or None for no bound")
        self.name = name
        self.maxlen = maxlen
        self._items: deque[tuple[int, T]] = deque()
        self._hub: Hub | None = None
        self._source: Source | None = None
        self._forward: Callable[[T], None] | None = None
        self._read = False
        self._closed = False
        self._error: BaseException | None = None

    def push(self, item: T) -> None:
        """Hand `item` to the reader, if there is one, and to the raw stream if the channel has a name.

        Raises RuntimeError when somebody reads the channel and it is closed.
        """
        if self._read:
            if self._closed:
                raise RuntimeError(f"{self._label()} is closed: push before the run's end, e.g. in finalize()")
            self._items.append((0 if self._hub is None else self._hub.stamp(), item))
        if self._forward is not None:
            self._forward(item)

    def close(self) -> None:
        """End the channel: its reader gets what is left, and no more. The run does this for channels of projections."""
        self._closed = True

    def fail(self, err: BaseException) -> None:
        """End the channel with `err`, which its reader gets after what is left. The run does this for channels of projections."""
        if not self._closed:
            self._closed = True
            self._error = err

    # -- reading -------------------------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[T]:
        """Read the channel. Raises TypeError in an async run, RuntimeError when it has a reader."""
        self._subscribe(asynchronous=False)
        return self._taken()

    def __aiter__(self) -> AsyncIterator[T]:
        """Read the channel. Raises TypeError in a sync run, RuntimeError when it has a reader."""
        self._subscribe(asynchronous=True)
        return _Cursor(self)

    def tee(self, n: int = 2) -> tuple[Iterator[T], ...]:
        """Read the channel with `n` iterators that each get every item; what one has taken waits for the others.

        Raises ValueError for `n` below 1, TypeError in an async run, RuntimeError when the channel has a reader.
        """
        self._check(asynchronous=False)
        if n < 1:
            raise ValueError(f"tee({n}): at least 1 reader")
        return itertools.tee(iter(self), n)

    def atee(self, n: int = 2) -> tuple[AsyncIterator[T], ...]:
        """Like `tee`, for an async run."""
        self._check(asynchronous=True)
        if n < 1:
            raise ValueError(f"atee({n}): at least 1 reader")
        return _Fan(aiter(self), n).branches()

    def _taken(self) -> Iterator[T]:
        items, source = self._items, self._source
        assert source is not None
        while True:
            while items:
                yield items.popleft()[1]
            if self._closed or not (source.pull() or items):
                break
        yield from self._rest()

    def _rest(self) -> Iterator[T]:
        while self._items:
            yield self._items.popleft()[1]
        if self._error is not None:
            raise self._error

    # -- the run's side ------------------------------------------------------------------------------------------------------------

    def attach(self, hub: Hub, source: Source, forward: Callable[[T], None] | None = None) -> None:
        """Make the channel part of a run: the hub numbers its items, the source makes the run go on, `forward` gets each item too."""
        self._hub = hub
        self._source = source
        self._forward = forward

    def subscribe(self) -> None:
        """Keep items from now on. Raises RuntimeError when the channel has a reader."""
        if self._read:
            raise RuntimeError(f"{self._label()} has a reader already; for several, divide it with {self._divide()}")
        self._read = True

    def unsubscribe(self) -> None:
        """Let somebody else read the channel."""
        self._read = False

    @property
    def is_read(self) -> bool:
        """Whether it has a reader."""
        return self._read

    @property
    def crowded(self) -> bool:
        """Whether its reader should be let through before the run goes on."""
        return self.maxlen is not None and len(self._items) >= self.maxlen

    @property
    def first(self) -> int | None:
        """The number of the oldest item that waits."""
        return self._items[0][0] if self._items else None

    def take(self) -> T:
        """The oldest item that waits."""
        return self._items.popleft()[1]

    @property
    def error(self) -> BaseException | None:
        """What ended the channel, if it was not the run's normal end."""
        return self._error

    def _subscribe(self, *, asynchronous: bool) -> None:
        self._check(asynchronous=asynchronous)
        self.subscribe()

    def _check(self, *, asynchronous: bool) -> None:
        if self._hub is None:
            raise TypeError(
                f"{self._label()} belongs to no run yet: return it from the init() of a transformer, and read it from the run's extensions"
            )
        if self._hub.asynchronous is not asynchronous:
            instead = "'async for' or atee()" if self._hub.asynchronous else "'for' or tee()"
            raise TypeError(
                f"{self._label()} belongs to {'an async' if self._hub.asynchronous else 'a sync'} run: read it with {instead}"
            )

    def _label(self) -> str:
        if self._hub is not None:
            for key, projection in self._hub.projections.items():
                if projection is self:
                    return f"stream channel {key!r}"
            if self is self._hub.events:
                return "the raw stream"
        return "the stream channel" if self.name is None else f"stream channel {self.name!r}"

    def _divide(self) -> str:
        return "atee(n)" if self._hub is not None and self._hub.asynchronous else "tee(n)"


class _Cursor(Generic[T]):
    """The reader of a channel in an async run. No async generator: one that is dropped would keep the run until the loop has closed it."""

    __slots__ = ("_channel", "_ended", "_error_given")

    def __init__(self, channel: StreamChannel[T]) -> None:
        self._channel = channel
        self._ended = False
        self._error_given = False

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        channel = self._channel
        source = channel._source
        while not channel._items and not self._ended:
            if channel._closed or source is None or not (await source.apull(self._served) or channel._items):
                self._ended = True
        if channel._items:
            return channel.take()
        if channel._error is not None and not self._error_given:
            self._error_given = True
            raise channel._error
        raise StopAsyncIteration

    def _served(self) -> bool:
        return bool(self._channel._items) or self._channel._closed


class _Fan(Generic[T]):
    """One async iterator, read by several."""

    __slots__ = ("_branches", "_source", "_turn", "ended", "error")

    def __init__(self, source: AsyncIterator[T], n: int) -> None:
        self._source = source
        self._turn = asyncio.Lock()
        self._branches = tuple(_Branch(self) for _ in range(n))
        self.ended = False
        self.error: Exception | None = None

    def branches(self) -> tuple[AsyncIterator[T], ...]:
        return self._branches

    async def advance(self, branch: _Branch[T]) -> None:
        async with self._turn:
            if branch.items or self.ended:
                return
            try:
                item = await anext(self._source)
            except StopAsyncIteration:
                self.ended = True
            except Exception as error:
                self.ended = True
                self.error = error
            else:
                for each in self._branches:
                    each.items.append(item)


class _Branch(Generic[T]):
    """One of the readers of a fan."""

    __slots__ = ("_error_given", "_fan", "items")

    def __init__(self, fan: _Fan[T]) -> None:
        self._fan = fan
        self._error_given = False
        self.items: deque[T] = deque()

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        fan = self._fan
        while not self.items and not fan.ended:
            await fan.advance(self)
        if self.items:
            return self.items.popleft()
        if fan.error is not None and not self._error_given:
            self._error_given = True
            raise fan.error
        raise StopAsyncIteration
