"""Pictures as lines of text: nodes are boxes in layers, each edge leads from a layer to a lower one.

An edge against that order, of a cycle, is drawn between the same two boxes; a dotted line is an edge that is decided at run time; "<*" or
"<." beside a box is an edge from the node to itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from actograph.pregel.drawing.graph import Graph

_SWEEPS: Final = 6
_BETWEEN: Final = 3
"""Lines between two layers."""
_BOX: Final = 3
"""Lines of a box."""


@dataclass(eq=False)
class _Place:
    """A node, or a bend of an edge that passes a layer."""

    text: str | None
    width: int
    layer: int = 0
    x: float = 0.0
    """Its middle."""
    above: list[_Place] = field(default_factory=list)
    below: list[_Place] = field(default_factory=list)


def draw(graph: Graph) -> str:
    """The picture as text."""
    if not graph.nodes:
        return ""
    places = {id: _Place(_label(graph, id), 0) for id in graph.nodes}
    for place in places.values():
        place.width = len(place.text or "") + 4
    dashed: dict[tuple[str, str], bool] = {}
    for edge in graph.edges:
        if edge.source != edge.target:
            dashed[edge.source, edge.target] = dashed.get((edge.source, edge.target), True) and edge.conditional
    downward = _downward(list(graph.nodes), dashed)
    layers = _layers(places, list(downward))
    lines = []
    for (source, target), dots in downward.items():
        chain = _chain(places[source], places[target], layers)
        lines += [(one, other, dots) for one, other in zip(chain, chain[1:], strict=False)]
    _order(layers)
    _spread(layers)
    return _paint(layers, lines)


def _label(graph: Graph, id: str) -> str:
    node = graph.nodes[id]
    loops = [edge.conditional for edge in graph.edges if edge.source == id == edge.target]
    return f"{node.name} <{'.' if all(loops) else '*'}" if loops else node.name


def _downward(ids: list[str], dashed: dict[tuple[str, str], bool]) -> dict[tuple[str, str], bool]:
    """The edges with those of cycles turned round, so that there is none."""
    after: dict[str, list[str]] = {id: [] for id in ids}
    for source, target in dashed:
        after[source].append(target)
    done: set[str] = set()
    upward: set[tuple[str, str]] = set()
    entered = {target for _, target in dashed}
    for start in sorted(ids, key=lambda id: id in entered):
        path: dict[str, None] = {}
        stack = [] if start in done else [(start, iter(after[start]))]
        if stack:
            path[start] = None
        while stack:
            id, rest = stack[-1]
            for target in rest:
                if target in path:
                    upward.add((id, target))
                elif target not in done:
                    path[target] = None
                    stack.append((target, iter(after[target])))
                    break
            else:
                stack.pop()
                path.pop(id)
                done.add(id)
    turned: dict[tuple[str, str], bool] = {}
    for edge, dots in dashed.items():
        edge = (edge[1], edge[0]) if edge in upward else edge
        turned[edge] = turned.get(edge, True) and dots
    return turned


def _layers(places: dict[str, _Place], edges: list[tuple[str, str]]) -> list[list[_Place]]:
    """Each node one layer below the lowest that leads to it."""
    waits = dict.fromkeys(places, 0)
    for _, target in edges:
        waits[target] += 1
    ready = [id for id, count in waits.items() if not count]
    layers: list[list[_Place]] = []
    for id in ready:
        place = places[id]
        while len(layers) <= place.layer:
            layers.append([])
        layers[place.layer].append(place)
        for source, target in edges:
            if source == id:
                places[target].layer = max(places[target].layer, place.layer + 1)
                waits[target] -= 1
                if not waits[target]:
                    ready.append(target)
    return layers


def _chain(source: _Place, target: _Place, layers: list[list[_Place]]) -> list[_Place]:
    """The edge's way from layer to layer."""
    chain = [source]
    for layer in range(source.layer + 1, target.layer):
        bend = _Place(None, 1, layer)
        layers[layer].append(bend)
        chain.append(bend)
    chain.append(target)
    for one, other in zip(chain, chain[1:], strict=False):
        one.below.append(other)
        other.above.append(one)
    return chain


def _order(layers: list[list[_Place]]) -> None:
    """Sort layers so that few edges cross: each place near the middle of its neighbours."""
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for layer in layers[1:] if down else layers[-2::-1]:
            position = {id(place): float(index) for row in layers for index, place in enumerate(row)}

            def middle(place: _Place, position: dict[int, float] = position, down: bool = down) -> float:
                near = place.above if down else place.below
                return sum(position[id(other)] for other in near) / len(near) if near else position[id(place)]

            layer.sort(key=middle)


def _spread(layers: list[list[_Place]]) -> None:
    """Give each place its middle: near those of its neighbours, and apart from the places beside it."""
    gap = min(place.width for row in layers for place in row if place.text is not None)
    for row in layers:
        _apart(row, [float(index) for index in range(len(row))], gap)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in layers[1:] if down else layers[-2::-1]:
            wanted = []
            for place in row:
                near = place.above if down else place.below
                wanted.append(sum(other.x for other in near) / len(near) if near else place.x)
            _apart(row, wanted, gap)


def _apart(row: list[_Place], wanted: list[float], gap: int) -> None:
    """Put the places of a layer where they want to be, moved apart as little as need be."""
    xs: list[float] = []
    for index, place in enumerate(row):
        x = wanted[index]
        if index:
            before = row[index - 1]
            x = max(x, xs[-1] + (before.width + place.width) / 2 + gap)
        xs.append(x)
    shift = sum(want - x for want, x in zip(wanted, xs, strict=True)) / len(xs) if xs else 0.0
    for place, x in zip(row, xs, strict=True):
        place.x = x + shift


def _paint(layers: list[list[_Place]], lines: list[tuple[_Place, _Place, bool]]) -> str:
    left = min(place.x - place.width / 2 for row in layers for place in row)
    right = max(place.x + place.width / 2 for row in layers for place in row)
    height = len(layers) * (_BOX + _BETWEEN) - _BETWEEN
    canvas = [[" "] * (round(right - left) + 3) for _ in range(height)]

    def column(place: _Place) -> int:
        return round(place.x - left - 0.5)

    def top(place: _Place) -> int:
        return place.layer * (_BOX + _BETWEEN)

    for one, other, dots in lines:
        start = top(one) + _BOX
        end = top(other) - 1
        rows = end - start
        for row in range(start, end + 1):
            part = (row - start + 1) / (rows + 2)
            canvas[row][round(column(one) + (column(other) - column(one)) * part)] = "." if dots else "*"
        if other.text is None:
            for row in range(top(other), top(other) + _BOX):
                canvas[row][column(other)] = "." if dots else "*"
    for layer in layers:
        for place in layer:
            if place.text is None:
                continue
            start = max(column(place) - (place.width - 1) // 2, 0)
            edge = "+" + "-" * (place.width - 2) + "+"
            for offset, text in enumerate((edge, f"| {place.text} |", edge)):
                canvas[top(place) + offset][start : start + place.width] = text
    return "\n".join("".join(row).rstrip() for row in canvas)


__all__ = ("draw",)
