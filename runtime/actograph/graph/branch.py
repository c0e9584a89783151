"""Conditional edges: a router looks at the state after its node's writes, and says what runs next."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actograph.constants import BRANCH_TO, END, START, TASKS
from actograph.errors import InvalidUpdateError
from actograph.graph.action import Action
from actograph.types import Send

if TYPE_CHECKING:
    from actograph.engine.task import Task

logger = logging.getLogger("actograph")


class Branch:
    """One conditional edge, as it was added to a builder."""

    __slots__ = ("action", "ends", "input_schema", "source")

    def __init__(self, source: str, path: Any, path_map: Mapping[Hashable, str] | Sequence[str] | None) -> None:
        self.source = source
        self.action = Action(path)
        self.ends: dict[Hashable, str] | None
        """Where each result leads; None when results are names themselves."""
        if path_map is None:
            literals = self.action.literals()
            self.ends = None if literals is None else {name: name for name in literals}
        elif isinstance(path_map, Mapping):
            self.ends = dict(path_map)
        else:
            self.ends = {name: name for name in path_map}
        self.input_schema: Any = None
        """The schema the router reads, when its annotation says one."""

    @property
    def name(self) -> str:
        """The router's name."""
        return self.action.name

    def dispatcher(self, nodes: Collection[str]) -> Callable[[Task, Any], None]:
        """Turns the router's result into triggers, appended to the task's writes."""
        ends = self.ends
        targets = frozenset(nodes)
        name, source = self.name, self.source
        triggers = {target: (BRANCH_TO + target, None) for target in targets} if ends is None else {}

        def follow(task: Task, result: Any) -> None:
            if type(result) is str and result in triggers:
                task.writes.append(triggers[result])
                return
            if inspect.iscoroutine(result):
                result.close()
                raise ValueError(
                    f"router {name!r} of {source!r} is not async itself but returned a coroutine: make it `async def`"
                )
            chosen: list[Any] = []
            for item in result if isinstance(result, list | tuple) else (result,):
                target = item
                if ends is not None and not isinstance(item, Send):
                    try:
                        target = ends[item]
                    except KeyError:
                        raise KeyError(
                            f"router {name!r} of {source!r} returned {item!r}, which is not in its path map, {list(ends)}: add it there"
                        ) from None
                if target is None or target == START:
                    raise ValueError(
                        f"router {name!r} of {source!r} returned {item!r}, which is no place to go: return a node's name, END, "
                        "a Send, or a list of them"
                    )
                if isinstance(target, Send) and target.node == END:
                    raise InvalidUpdateError(
                        f"router {name!r} of {source!r} sends to END, which takes no input: return END itself"
                    )
                chosen.append(target)
            for target in chosen:
                if isinstance(target, Send):
                    if target.node in targets:
                        task.writes.append((TASKS, target))
                        continue
                    target = target.node
                elif isinstance(target, str) and target in targets:
                    task.writes.append((BRANCH_TO + target, None))
                    continue
                if target != END:
                    logger.warning(
                        "router %r of %r leads to %r, which is no node of this graph; that is ignored",
                        name,
                        source,
                        target,
                    )

        return follow

    def unit(
        self,
        read: Callable[[Task], Any],
        nodes: Collection[str],
        instead: Callable[[Task, Any], Any] | None = None,
    ) -> tuple[Callable[[Task, Any], Any], bool]:
        """The branch as a function of a task, and whether it is async; with what is called `instead` of the router, if given."""
        call, follow = instead or self.action.call, self.dispatcher(nodes)
        if self.action.is_async:

            async def aroute(task: Task, _: Any) -> None:
                follow(task, await call(task, read(task)))

            return aroute, True

        def route(task: Task, _: Any) -> None:
            follow(task, call(task, read(task)))

        return route, False
