"""What readers see of a run, by the modes they asked for."""

from __future__ import annotations

from typing import Any

from actograph.constants import INTERRUPT
from actograph.engine.launch import Launch
from actograph.engine.outlet import Outlet
from actograph.engine.state import State
from actograph.engine.task import Task
from actograph.engine.views import update_of


class Emitter:
    """Turns events of a run into chunks `(namespace, mode, payload)` on its outlet. The flags tell whether anybody wants them."""

    __slots__ = ("_keys", "_push", "customs", "updates", "values")

    def __init__(self, launch: Launch, outlet: Outlet) -> None:
        self._push = outlet.push
        self._keys = launch.stream_keys
        self.values = "values" in launch.modes
        self.updates = "updates" in launch.modes
        self.customs = "custom" in launch.modes

    def state(self, state: State) -> None:
        """The values of the state."""
        self._push(((), "values", state.channels.read(self._keys)))

    def update(self, task: Task) -> None:
        """What a task wrote."""
        if task.node.hidden:
            return
        chunk: dict[str, Any] = {task.name: update_of(task.writes, self._keys)}
        if task.cached:
            chunk["__metadata__"] = {"cached": True}
        self._push(((), "updates", chunk))

    def interrupts(self, task: Task, state: State) -> None:
        """The questions of a task that waits."""
        questions = task.questions
        if self.updates:
            self._push(((), "updates", {INTERRUPT: questions}))
        if self.values:
            values = state.channels.read(self._keys)
            self._push(
                ((), "values", {**values, INTERRUPT: questions} if isinstance(values, dict) else {INTERRUPT: questions})
            )

    def breakpoint(self) -> None:
        """The run stops at a static breakpoint."""
        if self.updates:
            self._push(((), "updates", {INTERRUPT: ()}))

    def custom(self, chunk: Any) -> None:
        """A node's own chunk."""
        if self.customs:
            self._push(((), "custom", chunk))
