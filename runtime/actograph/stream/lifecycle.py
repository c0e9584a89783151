"""The beginnings and ends of a run's sub-graphs, told from the starts and results of tasks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NotRequired, TypedDict

from actograph.constants import NS_END
from actograph.errors import GraphDrained, GraphInterrupt
from actograph.stream.events import ProtocolEvent, Scope
from actograph.stream.stream_channel import StreamChannel
from actograph.stream.transformer import StreamTransformer

SubgraphStatus = Literal["started", "completed", "failed", "interrupted", "drained"]
"""How a sub-graph goes on."""


class LifecycleCause(TypedDict, total=False):
    """Why a sub-graph began."""

    type: str
    tool_call_id: str


class LifecyclePayload(TypedDict, total=False):
    """A sub-graph began or ended."""

    event: SubgraphStatus
    namespace: list[str]
    """The sub-graph, as a path of `"node:task_id"` from the root."""
    graph_name: NotRequired[str]
    """On "started": the name of its node, or of its agent."""
    trigger_call_id: NotRequired[str]
    """On "started": the id of the task it runs in."""
    cause: NotRequired[LifecycleCause]
    error: NotRequired[str]
    """On "failed": with what."""


class Tracker(StreamTransformer):
    """Knows which sub-graphs of its scope run.

    A sub-graph has begun with its first task, and ended with the result of the task it runs in. A further graph called in the same task is
    part of the first one.
    """

    required_stream_modes: ClassVar[tuple[str, ...]] = ("tasks",)

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        super().__init__(scope)
        self._open: dict[Scope, None] = {}

    @abstractmethod
    def tracks(self, namespace: Scope) -> bool:
        """Whether a graph at this namespace is followed."""

    @abstractmethod
    def began(self, namespace: Scope, graph_name: str, trigger_call_id: str) -> None:
        """A sub-graph has begun."""

    def follow(self, event: ProtocolEvent) -> list[tuple[Scope, SubgraphStatus, str | None]]:
        """Take note of a "tasks" event: reports a sub-graph that began, and returns those that ended, innermost first."""
        data = event["params"]["data"]
        namespace = tuple(event["params"]["namespace"])
        if "result" in data:
            return self._ended((*namespace, f"{data['name']}{NS_END}{data['id']}"), data)
        if namespace not in self._open and self.tracks(namespace):
            name, separator, call = namespace[-1].rpartition(NS_END)
            if separator:
                self._open[namespace] = None
                agent = (data.get("metadata") or {}).get("lc_agent_name")
                self.began(namespace, agent or name, call)
        return []

    def _ended(self, namespace: Scope, result: Mapping[str, Any]) -> list[tuple[Scope, SubgraphStatus, str | None]]:
        inside = [other for other in self._open if other[: len(namespace)] == namespace]
        if not inside:
            return []
        error = result.get("error")
        status: SubgraphStatus = "interrupted" if result.get("interrupts") else "completed"
        text = None
        if error is not None:
            status, text = ended_by(error)
        return [(other, status, text) for other in self._taken(inside)]

    def rest(self, error: BaseException | None) -> list[tuple[Scope, SubgraphStatus, str | None]]:
        """The run has ended: what is still open ends as it did."""
        status, text = ("completed", None) if error is None else ended_by(error)
        return [(other, status, text) for other in self._taken(list(self._open))]

    def _taken(self, namespaces: list[Scope]) -> list[Scope]:
        for namespace in namespaces:
            del self._open[namespace]
        return sorted(namespaces, key=len, reverse=True)


def ended_by(error: Any) -> tuple[SubgraphStatus, str | None]:
    """How a graph ended that raised `error`."""
    if isinstance(error, GraphDrained):
        return "drained", None
    if isinstance(error, GraphInterrupt):
        return "interrupted", None
    return "failed", str(error)


class LifecycleTransformer(Tracker):
    """`run.lifecycle`: the beginnings and ends of all sub-graphs below, as `LifecyclePayload`; events "lifecycle" of the raw stream too."""

    _native: ClassVar[bool] = True

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        super().__init__(scope)
        self._channel: StreamChannel[LifecyclePayload] = StreamChannel("lifecycle")

    def init(self) -> dict[str, Any]:
        """The projection "lifecycle"."""
        return {"lifecycle": self._channel}

    def tracks(self, namespace: Scope) -> bool:
        """All graphs below."""
        return len(namespace) > len(self.scope) and namespace[: len(self.scope)] == self.scope

    def began(self, namespace: Scope, graph_name: str, trigger_call_id: str) -> None:
        """Tell of it."""
        self._channel.push(
            {
                "event": "started",
                "namespace": list(namespace),
                "graph_name": graph_name,
                "trigger_call_id": trigger_call_id,
            }
        )

    def _tell(self, endings: list[tuple[Scope, SubgraphStatus, str | None]]) -> None:
        for namespace, status, error in endings:
            payload: LifecyclePayload = {"event": status, "namespace": list(namespace)}
            if error is not None:
                payload["error"] = error
            self._channel.push(payload)

    def process(self, event: ProtocolEvent) -> bool:
        """Follow tasks; these stay out of the raw stream."""
        if event["method"] != "tasks":
            return True
        self._tell(self.follow(event))
        return False

    def finalize(self) -> None:
        """What is still open has ended with the run."""
        self._tell(self.rest(None))

    def fail(self, err: BaseException) -> None:
        """What is still open has failed with the run."""
        self._tell(self.rest(err))
