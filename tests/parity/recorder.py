"""`t`, the one argument of a parity program: what it is told is what is compared."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .normalise import Plain, exception, mask, plain

OWN_ROOT = "actograph"


class Recorder:
    """Collects labelled observations of one program on one root.

    `root` is the import root under test, `entries` the observations in order (label, plain data with raw ids), and
    `problems` what is wrong on this root alone, such as an error text that does not name its culprit.
    """

    def __init__(self, root: str, directory: Path) -> None:
        self.root = root
        self.entries: list[tuple[str, Plain]] = []
        self.problems: list[str] = []
        self._directory = directory
        self._threads = 0

    @property
    def own(self) -> bool:
        """Whether the root under test is ours."""
        return self.root == OWN_ROOT

    def record(self, label: str, value: Any) -> None:
        """Record `value`; the order of a dict's keys counts, except in configs and metadata."""
        if any(label == known for known, _ in self.entries):
            raise ValueError(f"label {label!r} is recorded twice; a label is used once per program")
        self.entries.append((label, plain(value)))

    def snapshot(self, label: str, snapshot: Any) -> None:
        """Record a `StateSnapshot`."""
        if type(snapshot).__name__ != "StateSnapshot":
            raise TypeError(f"{label!r}: expected a StateSnapshot, got {type(snapshot).__name__}")
        self.record(label, snapshot)

    def history(self, label: str, snapshots: Iterable[Any]) -> None:
        """Record the snapshots of a history, newest first as they come."""
        self.record(label, list(snapshots))

    def chunks(
        self,
        label: str,
        chunks: Iterable[Any],
        parallel: Sequence[Iterable[str]] = (),
        task: Callable[[Any], str | None] | None = None,
    ) -> None:
        """Record the chunks of a stream.

        `parallel` lists the sets of nodes that share a superstep. Neighbouring chunks of one such set are compared per
        task as a sequence and among tasks as a multiset; all others exactly in order. A chunk belongs to the task that
        `task(chunk)` says; by default the single key of an "updates" chunk, the "task" entry of a custom dict, or the
        text before the first ":" of a custom string. Two updates of one node in a step are two tasks (`Send`).
        """
        groups = [frozenset(group) for group in parallel]
        self.record(label, _canonical(list(chunks), groups, task or task_of))

    @contextmanager
    def raises(self, label: str, culprit: Sequence[str] = ()) -> Iterator[None]:
        """Record the type of the exception that the block raises; on our root its text must name each `culprit`."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            self.record(label, {"raised": exception(error)})
            missing = [name for name in culprit if name not in str(error)]
            if self.own and missing:
                self.problems.append(f"{label!r}: {type(error).__name__} does not name {missing}: {error}")
        else:
            raise AssertionError(f"{label!r}: nothing was raised")

    def saver(self) -> Any:
        """A fresh `InMemorySaver` of the root under test."""
        return importlib.import_module(f"{self.root}.checkpoint.memory").InMemorySaver()

    def sqlite_path(self) -> str:
        """The path of a database file that does not exist yet."""
        return str(Path(tempfile.mkdtemp(dir=self._directory)) / "state.sqlite")

    def thread(self, **configurable: Any) -> dict[str, Any]:
        """The config of a new thread, with more `configurable` entries if given."""
        self._threads += 1
        return {"configurable": {"thread_id": f"thread-{self._threads}", **configurable}}


MODES = ("values", "updates", "checkpoints", "tasks", "debug", "messages", "custom")


def parts_of(chunk: Any) -> tuple[tuple[str, ...], str | None, Any]:
    """Namespace, mode and payload of a chunk in any of its forms; no namespace and no mode for one that comes bare."""
    if isinstance(chunk, dict) and {"type", "ns", "data"} <= chunk.keys():
        return chunk["ns"], chunk["type"], chunk["data"]
    if isinstance(chunk, tuple):
        ns = chunk[0] if chunk and _is_namespace(chunk[0]) else None
        rest = chunk if ns is None else chunk[1:]
        if len(rest) == 2 and rest[0] in MODES:
            return ns or (), rest[0], rest[1]
        if ns is not None and len(rest) == 1:
            return ns, None, rest[0]
    return (), None, chunk


def _is_namespace(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(part, str) and (":" in part or part.isdigit()) for part in value)


def task_of(chunk: Any) -> str | None:
    """The task of the graph that is streamed, from which a chunk came, as far as its form tells; None for chunks between supersteps."""
    ns, mode, body = parts_of(chunk)
    if ns:
        return ns[0].split(":", 1)[0]
    if mode in ("values", "checkpoints"):
        return None
    if isinstance(body, dict) and body.get("type") in ("task", "task_result", "checkpoint") and "payload" in body:
        body = body["payload"]
    if isinstance(body, str):
        return body.split(":", 1)[0]
    if isinstance(body, dict):
        if {"id", "name"} <= body.keys():
            return str(body["name"])
        if isinstance(body.get("task"), str):
            return str(body["task"])
        names = [name for name in body if name != "__metadata__"]
        if len(names) == 1 and "config" not in body:
            return str(names[0])
    return None


def _canonical(chunks: list[Any], groups: list[frozenset[str]], task: Callable[[Any], str | None]) -> list[Any]:
    out: list[Any] = []
    run: list[tuple[str, Any]] = []
    current: frozenset[str] = frozenset()
    for chunk in chunks:
        name = task(chunk)
        group = next((group for group in groups if name in group), frozenset[str]())
        if run and group != current:
            out.append(_step(run))
            run = []
        current = group
        if name is not None and group:
            run.append((name, chunk))
        else:
            out.append(chunk)
    if run:
        out.append(_step(run))
    return out


def _step(run: list[tuple[str, Any]]) -> Any:
    """One superstep's chunks: by task, sorted; updates of several tasks of one node as a multiset beside them."""
    sequences: dict[str, list[Plain]] = {}
    for name in dict.fromkeys(name for name, _ in run):
        own = [chunk for owner, chunk in run if owner == name]
        updates = [chunk for chunk in own if _is_update(chunk, name)]
        if len(updates) > 1:
            sequences[f"{name} (tasks)"] = sorted((plain(chunk) for chunk in updates), key=mask)
            own = [chunk for chunk in own if not _is_update(chunk, name)]
        if own:
            sequences[name] = [plain(chunk) for chunk in own]
    return {"<step>": {name: sequences[name] for name in sorted(sequences)}}


def _is_update(chunk: Any, name: str) -> bool:
    ns, mode, body = parts_of(chunk)
    return not ns and mode in ("updates", None) and isinstance(body, dict) and name in body and "task" not in body
