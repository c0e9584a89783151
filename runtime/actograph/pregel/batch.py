"""Many runs of a graph at once: each input is an `invoke` of its own, and the config's `max_concurrency` bounds how many run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import aclosing, closing
from contextvars import copy_context
from typing import Any

from actograph.engine import workers
from actograph.pregel.base import Config, PregelBase
from actograph.pregel.config import places_in
from actograph.typing import ContextT, InputT, OutputT, StateT

Configs = Config | Sequence[Config] | None


class Batching(PregelBase[StateT, ContextT, InputT, OutputT]):
    """Runs a graph on many inputs."""

    invoke: Callable[..., Any]
    ainvoke: Callable[..., Awaitable[Any]]

    def batch(
        self,
        inputs: Sequence[Any],
        config: Configs = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Any]:
        """Run the graph on each of `inputs`, at once in as many threads as `config["max_concurrency"]` allows.

        Parameters:
            config: for all of them, or a list with one for each.
            return_exceptions: put what a run raises in its place among the results; otherwise the first, in order of the inputs, is raised.
            kwargs: as in `invoke`.

        Raises ValueError for a list of configs of another length, or a `max_concurrency` below 1.
        """
        configs = _configs(config, len(inputs))
        results: list[Any] = [None] * len(inputs)
        for index, result in self._finished(list(inputs), configs, kwargs):
            results[index] = result
        return _checked(results, return_exceptions)

    def batch_as_completed(
        self,
        inputs: Sequence[Any],
        config: Configs = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> Iterator[tuple[int, Any]]:
        """Like `batch`, but yields `(index, result)` as the runs end. Closed early, it waits for those that have begun."""
        with closing(self._finished(list(inputs), _configs(config, len(inputs)), kwargs)) as finished:
            for index, result in finished:
                if isinstance(result, _Raised) and not return_exceptions:
                    raise result.error
                yield index, result.error if isinstance(result, _Raised) else result

    def _finished(
        self, inputs: list[Any], configs: list[dict[str, Any]], kwargs: Mapping[str, Any]
    ) -> Generator[tuple[int, Any], None, None]:
        if not inputs:
            return

        def one(index: int) -> tuple[int, Any]:
            try:
                return index, self.invoke(inputs[index], configs[index], **kwargs)
            except Exception as error:
                return index, _Raised(error)

        if len(inputs) == 1:
            yield one(0)
            return
        with ThreadPoolExecutor(places_in(configs[0]), thread_name_prefix="actograph-batch") as pool:
            # Each in a copy of the caller's context, as nodes run.
            waiting: set[Future[tuple[int, Any]]] = {
                pool.submit(copy_context().run, one, index) for index in range(len(inputs))
            }
            try:
                while waiting:
                    with workers.WORKERS.lent():  # a node may be what waits here
                        ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in ended:
                        yield future.result()
            finally:
                for future in waiting:
                    future.cancel()
                with workers.WORKERS.lent():
                    pool.shutdown()

    async def abatch(
        self,
        inputs: Sequence[Any],
        config: Configs = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Any]:
        """Run the graph on each of `inputs`, concurrently; see `batch`. Cancelling it cancels the runs."""
        results: list[Any] = [None] * len(inputs)
        async for index, result in self._afinished(list(inputs), _configs(config, len(inputs)), kwargs):
            results[index] = result
        return _checked(results, return_exceptions)

    async def abatch_as_completed(
        self,
        inputs: Sequence[Any],
        config: Configs = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> AsyncIterator[tuple[int, Any]]:
        """Like `abatch`, but yields `(index, result)` as the runs end. Closed early, it cancels the others and waits for them."""
        async with aclosing(self._afinished(list(inputs), _configs(config, len(inputs)), kwargs)) as finished:
            async for index, result in finished:
                if isinstance(result, _Raised) and not return_exceptions:
                    raise result.error
                yield index, result.error if isinstance(result, _Raised) else result

    async def _afinished(
        self, inputs: list[Any], configs: list[dict[str, Any]], kwargs: Mapping[str, Any]
    ) -> AsyncGenerator[tuple[int, Any], None]:
        limit = places_in(configs[0]) if configs else None
        room = asyncio.Semaphore(limit) if limit is not None else None

        async def one(index: int) -> tuple[int, Any]:
            try:
                if room is None:
                    return index, await self.ainvoke(inputs[index], configs[index], **kwargs)
                async with room:
                    return index, await self.ainvoke(inputs[index], configs[index], **kwargs)
            except Exception as error:
                return index, _Raised(error)

        running = {asyncio.ensure_future(one(index)) for index in range(len(inputs))}
        try:
            while running:
                ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    yield task.result()
        finally:
            for task in running:
                task.cancel()
            if running:
                await asyncio.gather(*running, return_exceptions=True)


class _Raised:
    """What a run raised, which is no result that a run could have."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def _checked(results: list[Any], return_exceptions: bool) -> list[Any]:
    checked = []
    for result in results:
        if isinstance(result, _Raised):
            if not return_exceptions:
                raise result.error
            checked.append(result.error)
        else:
            checked.append(result)
    return checked


def _configs(config: Configs, length: int) -> list[dict[str, Any]]:
    if config is None:
        return [{} for _ in range(length)]
    if not isinstance(config, Mapping):
        configs = [dict(one) for one in config]
        if len(configs) != length:
            raise ValueError(
                f"batch got {length} inputs and {len(configs)} configs: pass one config, or one for each input"
            )
        return configs
    # An id is for one run: the first has it.
    return [{key: value for key, value in config.items() if key != "run_id" or index == 0} for index in range(length)]
