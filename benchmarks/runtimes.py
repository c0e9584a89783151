"""The runtimes that are compared, and the adapter that lets one program of LangGraph's API run on two import roots."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.spec import Unavailable


@dataclass(frozen=True)
class Runtime:
    """A runtime as the harness sees it.

    Attributes:
        name: as given to `--on`, and as passed to a workload's program.
        title: the head of its column.
        module: what must be importable for it to take part.
        distributions: packages whose versions are printed.
        peer: False for Actograph itself and for the floor (plain asyncio and sqlite3, no graph at all).
        variant: True for another way of using a runtime, which has a column only where it has a program.
    """

    name: str
    title: str
    module: str
    distributions: tuple[str, ...] = ()
    peer: bool = True
    variant: bool = False

    def missing(self) -> str | None:
        """Why this runtime cannot take part here, or None. Imports at most the parent package of `module`."""
        try:
            spec = importlib.util.find_spec(self.module)
        except ModuleNotFoundError:
            spec = None
        # Without an origin it is only a directory of that name.
        return None if spec is not None and spec.origin is not None else f"{self.module} is not installed"

    def versions(self) -> dict[str, str]:
        """Installed versions by distribution; those that are not installed are left out."""
        found: dict[str, str] = {}
        for name in self.distributions:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
        return found


RUNTIMES: dict[str, Runtime] = {
    runtime.name: runtime
    for runtime in (
        Runtime("actograph", "Actograph", "actograph.graph", ("actograph", "msgspec", "aiosqlite"), peer=False),
        Runtime("langgraph", "LangGraph", "langgraph.graph", ("langgraph", "langgraph-checkpoint-sqlite")),
        Runtime("langgraph-delta", "LangGraph DeltaChannel", "langgraph.channels.delta", variant=True),
        Runtime("burr", "Burr", "burr.core", ("apache-burr",)),
        Runtime("pydantic-graph", "pydantic-graph", "pydantic_graph", ("pydantic-graph",)),
        Runtime("floor", "floor", "asyncio", peer=False),
    )
}
"""Every runtime, in the order in which a round runs them."""

_PUBLIC = {
    "StateGraph": "graph",
    "START": "graph",
    "END": "graph",
    "Send": "types",
    "Command": "types",
    "RetryPolicy": "types",
    "interrupt": "types",
    "ainterrupt": "types",
    "DeltaChannel": "channels",
    "InMemorySaver": "checkpoint.memory",
    "AsyncSqliteSaver": "checkpoint.sqlite.aio",
}


class Api:
    """LangGraph's public names under an import root: `Api("actograph").StateGraph`, `Api("langgraph").StateGraph`.

    A name is imported when it is first asked for, so that a program pays only for what it uses. Raises `Unavailable` when
    the module that holds it is not installed.
    """

    def __init__(self, root: str) -> None:
        self.root = root

    def __getattr__(self, name: str) -> Any:
        try:
            path = f"{self.root}.{_PUBLIC[name]}"
        except KeyError:
            raise AttributeError(f"benchmarks use no public name {name!r}; add it to _PUBLIC in {__name__}") from None
        try:
            module = importlib.import_module(path)
        except ModuleNotFoundError as error:
            # Only the module itself, or a parent of it, may be missing; anything else is a fault of the installation.
            if error.name is not None and (path == error.name or path.startswith(f"{error.name}.")):
                raise Unavailable(f"{path} is not installed") from error
            raise
        value = getattr(module, name)
        setattr(self, name, value)
        return value

    @asynccontextmanager
    async def sqlite(self, path: Path) -> AsyncIterator[Any]:
        """The runtime's public asynchronous SQLite saver on `path`, in WAL mode with `synchronous=FULL`.

        Actograph's saver sets both itself. LangGraph's sets WAL; FULL is set here on its connection, so that both promise
        the same. (Where it is SQLite's compiled-in default already, this changes nothing.)
        """
        async with self.AsyncSqliteSaver.from_conn_string(str(path)) as saver:
            await saver.setup()
            if self.root == "langgraph":
                await saver.conn.execute("PRAGMA synchronous=FULL")
            yield saver
