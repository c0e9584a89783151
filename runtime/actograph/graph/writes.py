"""What a node returns, turned into writes: updates of the state, and the triggers of what runs next."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from actograph.constants import BRANCH_TO, END, TASKS
from actograph.errors import ErrorCode, InvalidUpdateError, _ParentSignal, create_error_message
from actograph.graph.hints import fields_of, has_fields
from actograph.graph.schema import ROOT
from actograph.types import Command, Send

if TYPE_CHECKING:
    from actograph.engine.task import Task

logger = logging.getLogger("actograph")

Writes = list[tuple[str, Any]]


class Writer:
    """Turns the results of one node into writes."""

    __slots__ = ("edges", "is_root", "keys", "name", "targets")

    def __init__(
        self,
        name: str,
        keys: Collection[str],
        targets: Collection[str],
        edges: Sequence[tuple[str, Any]],
        *,
        is_root: bool,
    ) -> None:
        self.name = name
        self.keys = frozenset(keys)
        """The channels it may write."""
        self.targets = frozenset(targets)
        """The nodes it may go to."""
        self.edges = list(edges)
        """Written after any result: its static edges."""
        self.is_root = is_root

    def compiled(self) -> Callable[[Task, Any], None]:
        """The fast form: appends to `task.writes`."""
        keys, edges, slow, is_root = self.keys, self.edges, self.add, self.is_root

        def write(task: Task, result: Any) -> None:
            writes = task.writes
            if type(result) is dict and not is_root:
                for key in result:
                    if key in keys:
                        writes.append((key, result[key]))
            elif result is not None:
                slow(writes, result)
            writes += edges

        return write

    def add(self, writes: Writes, result: Any) -> None:
        """Append the writes of `result`. Raises InvalidUpdateError for a result that says nothing."""
        if result is None:
            return
        if isinstance(result, Command):
            self.command(writes, result)
        elif isinstance(result, list | tuple) and any(isinstance(item, Command) for item in result):
            for item in result:
                self.add(writes, item)
        elif self.is_root:
            writes.append((ROOT, result))
        elif isinstance(result, dict):
            writes.extend((key, value) for key, value in result.items() if key in self.keys)
        elif isinstance(result, Send):
            self.go(writes, result)
        elif has_fields(result):
            writes.extend((key, value) for key, value in fields_of(result) if key in self.keys)
        else:
            raise self.refusal(result)

    def refusal(self, result: Any) -> InvalidUpdateError:
        """The error for a result that is no update."""
        if inspect.iscoroutine(result):
            result.close()
        shown = repr(result)
        shown = shown if len(shown) <= 200 else f"{shown[:197]}..."
        return InvalidUpdateError(
            create_error_message(
                message=f"node {self.name!r} returned {shown} of type {type(result).__name__}; expected a dict with keys of the state, "
                f"a Command, or None{_hint(result)}",
                error_code=ErrorCode.INVALID_GRAPH_NODE_RETURN_VALUE,
            )
        )

    def command(self, writes: Writes, command: Command[Any]) -> None:
        """Append a command's update and what it goes to. Raises the signal for a parent graph when it is for that."""
        if command.graph == Command.PARENT:
            raise _ParentSignal(command)
        writes.extend((key, value) for key, value in command_update(command) if key in self.keys)
        goto = command.goto
        if goto != ():
            self.go(writes, goto)

    def go(self, writes: Writes, goto: Any) -> None:
        """Append triggers of a goto: a name, a `Send`, or several of them. Unknown names are logged and ignored."""
        if isinstance(goto, str | Send):
            goto = (goto,)
        elif not isinstance(goto, Iterable):
            raise TypeError(
                f"Command(goto=...) of node {self.name!r} must be a node's name, a Send, or several of them, not {goto!r}"
            )
        for target in goto:
            if isinstance(target, Send):
                if target.node in self.targets:
                    writes.append((TASKS, target))
                    continue
                target = target.node
            elif target in self.targets:
                writes.append((BRANCH_TO + target, None))
                continue
            if target != END:
                logger.warning("node %r goes to %r, which is no node of this graph; that is ignored", self.name, target)


class InputWriter(Writer):
    """Turns the input of a graph into writes of its entry."""

    __slots__ = ()

    def __call__(self, value: Any) -> Writes:
        """The writes of an input."""
        writes: Writes = []
        self.add(writes, value)
        writes += self.edges
        return writes

    def refusal(self, result: Any) -> InvalidUpdateError:
        """The error for an input that is no state."""
        shown = repr(result)
        shown = shown if len(shown) <= 200 else f"{shown[:197]}..."
        return InvalidUpdateError(
            f"the input of the graph must be a dict with keys of its state, not {shown} of type {type(result).__name__}"
        )


class CommandWriter(Writer):
    """Turns a `Command` that a caller passes as input into writes."""

    __slots__ = ()

    def __call__(self, command: Command[Any]) -> Writes:
        """The writes of a command. Raises InvalidUpdateError when it is meant for a parent."""
        if command.graph == Command.PARENT:
            raise InvalidUpdateError(
                "Command(graph=Command.PARENT) was passed as input: there is no parent graph to take it"
            )
        writes: Writes = []
        self.command(writes, command)
        return writes


def command_update(command: Command[Any]) -> list[tuple[str, Any]]:
    """A command's update as pairs of key and value."""
    update = command.update
    if update is None:
        return []
    if isinstance(update, dict):
        return list(update.items())
    if isinstance(update, list | tuple) and all(
        isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str) for item in update
    ):
        return list(update)
    if has_fields(update):
        return fields_of(update)
    return [(ROOT, update)]


def _hint(result: Any) -> str:
    if inspect.iscoroutine(result):
        return "; the node is not async itself but returned a coroutine: make it `async def` and await inside"
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        return "; a node returns once: collect what it yields, or send it with a stream writer"
    if isinstance(result, list | tuple) and any(isinstance(item, Send) for item in result):
        return "; a Send says where to go: return it in Command(goto=...), or from a router"
    return ""
