"""The built-in transformers: one for each stream mode, those of sub-graphs, and of messages."""

from __future__ import annotations

from typing import Any, ClassVar

from actograph.stream.events import ProtocolEvent
from actograph.stream.lifecycle import LifecyclePayload, LifecycleTransformer, SubgraphStatus
from actograph.stream.messages import MessagesTransformer
from actograph.stream.stream_channel import StreamChannel
from actograph.stream.subgraphs import SubgraphTransformer
from actograph.stream.transformer import Factory, StreamTransformer

__all__ = (
    "BUILTIN",
    "CheckpointsTransformer",
    "CustomTransformer",
    "DebugTransformer",
    "LifecyclePayload",
    "LifecycleTransformer",
    "MessagesTransformer",
    "SubgraphStatus",
    "SubgraphTransformer",
    "TasksTransformer",
    "UpdatesTransformer",
    "ValuesTransformer",
)


class ModeTransformer(StreamTransformer):
    """The chunks of one stream mode, of the graph at its scope alone."""

    _native: ClassVar[bool] = True

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        super().__init__(scope)
        self._mode = self.required_stream_modes[0]
        self._scope = list(scope)
        self._channel: StreamChannel[Any] = StreamChannel()

    def init(self) -> dict[str, Any]:
        """The projection, named like the mode."""
        return {self._mode: self._channel}

    def process(self, event: ProtocolEvent) -> bool:
        """Take the chunk of an event of this mode."""
        if event["method"] == self._mode and event["params"]["namespace"] == self._scope:
            self._channel.push(event["params"]["data"])
        return True


class ValuesTransformer(ModeTransformer):
    """`run.values`: the state after each superstep."""

    required_stream_modes: ClassVar[tuple[str, ...]] = ("values",)

    @property
    def error(self) -> BaseException | None:
        """What the run ended with, if it failed."""
        return self._channel.error


class UpdatesTransformer(ModeTransformer):
    """`run.updates`: `{node: update}` for each task that ends."""

    required_stream_modes: ClassVar[tuple[str, ...]] = ("updates",)


class CustomTransformer(ModeTransformer):
    """`run.custom`: what nodes write to the stream."""

    required_stream_modes: ClassVar[tuple[str, ...]] = ("custom",)


class CheckpointsTransformer(ModeTransformer):
    """`run.checkpoints`: each checkpoint, in the form of `get_state`; nothing without a checkpointer."""

    required_stream_modes: ClassVar[tuple[str, ...]] = ("checkpoints",)


class TasksTransformer(ModeTransformer):
    """`run.tasks`: the start and the result of each task."""

    required_stream_modes: ClassVar[tuple[str, ...]] = ("tasks",)


class DebugTransformer(ModeTransformer):
    """`run.debug`: checkpoints and tasks, with superstep and time."""

    required_stream_modes: ClassVar[tuple[str, ...]] = ("debug",)


BUILTIN: tuple[Factory, ...] = (ValuesTransformer, MessagesTransformer, LifecycleTransformer, SubgraphTransformer)
"""The transformers that every event stream has."""
