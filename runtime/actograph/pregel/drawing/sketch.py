"""From a compiled graph to its picture.

What may follow what is found by walking: each superstep, nodes take every way out that they declare, and what that triggers comes next. So
only what can be reached is joined up, joins included. A way that is decided at run time is taken on a node's first visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from actograph.channels import LastValueAfterFinish, NamedBarrierValue, NamedBarrierValueAfterFinish
from actograph.constants import END, START
from actograph.pregel.drawing.graph import Edge, Graph, Node
from actograph.pregel.nested import graphs_in

if TYPE_CHECKING:
    from actograph.engine.plan import Plan
    from actograph.pregel.main import Pregel

_SUPERSTEPS: Final = 251
"""How far a cycle, or a chain, is followed; LangGraph's number, as the last step decides where an endless graph ends."""

Inner = Mapping[str, Graph]


def picture(graph: Pregel[Any, Any, Any, Any], inner: Inner) -> Graph:
    """The picture of a graph. `inner` has pictures of graphs in its nodes, by node, which are drawn in their places."""
    plan = graph.plan
    edges = _Walk(plan).edges()
    drawn = Graph()
    ends: dict[str, tuple[str, str]] = {}
    for name, node in plan.nodes.items():
        if name not in inner:
            drawn.nodes[name] = Node(name, name, node if node.code is None else node.code, _metadata(graph, name))
    if START not in plan.nodes:
        drawn.nodes[START] = Node(START, START, None)
    if any(edge.target == END for edge in edges):
        drawn.nodes[END] = Node(END, END, None)
    drawn.edges = edges
    for name in plan.nodes:
        if name not in inner:
            continue
        part = inner[name]
        part.trim_first_node()
        part.trim_last_node()
        first, last = drawn.extend(part, prefix=name)
        assert first is not None and last is not None
        ends[name] = (first.id, last.id)
    if ends:
        drawn.edges = [
            edge.copy(
                source=ends[edge.source][1] if edge.source in ends else None,
                target=ends[edge.target][0] if edge.target in ends else None,
            )
            for edge in drawn.edges
        ]
    return drawn


def inner_graphs(graph: Pregel[Any, Any, Any, Any]) -> dict[str, Pregel[Any, Any, Any, Any]]:
    """The graph inside each node that has one; the first, if several."""
    found = {}
    for name, node in graph.plan.nodes.items():
        if node.code is not None:
            inside = next(graphs_in(node.code), None)
            if inside is not None:
                found[name] = inside
    return found


def has_ends(graph: Graph) -> bool:
    """Whether a picture has one way in and one way out, so that it can stand for a node."""
    return graph.first_node() is not None and graph.last_node() is not None


def _metadata(graph: Pregel[Any, Any, Any, Any], name: str) -> dict[str, Any] | None:
    node = graph.plan.nodes[name]
    metadata = dict(node.metadata or {})
    if node.deferred:
        metadata["defer"] = True
    stops = [
        when
        for when, nodes in (("before", graph.interrupt_before_nodes), ("after", graph.interrupt_after_nodes))
        if nodes != "*" and name in nodes
    ]
    if stops:
        metadata["__interrupt"] = ",".join(stops)
    return metadata or None


class _Walk:
    """One walk through a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.writers: dict[str, dict[str, set[tuple[Any, bool]]]] = {}
        """Who wrote a channel so far, with the labels of the way that was taken last, and whether that is decided at run time."""
        self.waiting: dict[str, set[str]] = {}
        """Channels that wait, and who wrote them since they were last taken."""
        self.found: set[tuple[str, str, Any, bool]] = set()

    def edges(self) -> list[Edge]:
        """The edges, sorted, entries first and ways to the end last."""
        plan = self.plan
        inputs = (plan.input_channels,) if isinstance(plan.input_channels, str) else plan.input_channels
        entries = self._triggered(dict.fromkeys(inputs))
        last = tasks = entries
        visited: set[str] = set()
        for _ in range(_SUPERSTEPS):
            if not tasks:
                break
            last = tasks
            written: dict[str, None] = {}
            for name in tasks:
                for channel, ways in self._exits(name, again=name in visited).items():
                    if channel == END:
                        self.found |= {(name, END, label, True) for label, _ in ways}
                    else:
                        self.writers.setdefault(channel, {})[name] = ways
                        self.waiting.setdefault(channel, set()).add(name)
                        written[channel] = None
                visited.add(name)
            triggered = self._triggered(written)
            if not triggered:
                triggered = self._finish()
            for name in triggered:
                self._note(name, tasks)
            tasks = triggered
        edges = _unique(self.found)
        sources = {edge.source for edge in edges}
        ends = sorted({edge.target for edge in edges if edge.target != END} - sources)
        edges += [Edge(name, END) for name in ends]
        if START not in plan.nodes:
            edges = [*(Edge(START, name) for name in sorted(entries)), *edges]
        if not any(edge.target == END for edge in edges) and len(last) == 1:
            edges.append(Edge(last[0], END, None, True))
        return edges

    def _note(self, name: str, before: list[str]) -> None:
        """A node runs: all that wrote one of its triggers so far lead to it."""
        written_by: set[str] = set()
        for channel in self.plan.nodes[name].triggers:
            for source, ways in self.writers.get(channel, {}).items():
                written_by.add(source)
                self.found |= {(source, name, label, conditional) for label, conditional in ways}
        if written_by.isdisjoint(before):
            # A deferred node, which was told earlier: it comes after whatever ran last.
            self.found |= {(source, name, None, True) for source in before}

    def _exits(self, name: str, *, again: bool) -> dict[str, set[tuple[Any, bool]]]:
        """The ways out that a node takes, by channel. Ways that are decided at run time hide others to the same place."""
        exits = self.plan.nodes[name].exits
        ways: dict[str, set[tuple[Any, bool]]] = {
            exit.channel: {(None, False)} for exit in exits if not exit.conditional
        }
        if not again:
            decided: dict[str, set[tuple[Any, bool]]] = {}
            for exit in exits:
                if exit.conditional:
                    decided.setdefault(exit.channel, set()).add((exit.label, True))
            ways |= decided
        return ways

    def _triggered(self, written: dict[str, None]) -> list[str]:
        """The nodes that are triggered."""
        ready = []
        for channel in written:
            kind = self.plan.channels.get(channel)
            if isinstance(kind, NamedBarrierValueAfterFinish | LastValueAfterFinish):
                continue
            if isinstance(kind, NamedBarrierValue) and self.waiting.get(channel, set()) < set(kind.names):
                continue
            ready.append(channel)
        return self._nodes_of(ready)

    def _finish(self) -> list[str]:
        """Nothing else is left to run: what waited for that is triggered."""
        ready = []
        for channel, writers in self.waiting.items():
            kind = self.plan.channels.get(channel)
            if isinstance(kind, LastValueAfterFinish) or (
                isinstance(kind, NamedBarrierValueAfterFinish) and writers >= set(kind.names)
            ):
                ready.append(channel)
        return self._nodes_of(ready)

    def _nodes_of(self, channels: list[str]) -> list[str]:
        triggered: dict[str, None] = {}
        for channel in channels:
            self.waiting.pop(channel, None)
            triggered.update(dict.fromkeys(self.plan.trigger_index.get(channel, ())))
        return list(triggered)


def _unique(found: set[tuple[str, str, Any, bool]]) -> list[Edge]:
    """One edge for each pair: one that is always taken, if any, or else that with the label that sorts first."""
    best: dict[tuple[str, str], tuple[bool, bool, str, Any]] = {}
    for source, target, label, conditional in found:
        rank = (conditional, label is not None, str(label), label)
        pair = (source, target)
        if pair not in best or rank[:3] < best[pair][:3]:
            best[pair] = rank
    return [
        Edge(source, target, None if label == target else label, conditional)
        for (source, target), (conditional, _, _, label) in sorted(best.items())
    ]


__all__ = ("has_ends", "inner_graphs", "picture")
