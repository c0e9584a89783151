"""Mermaid text of a picture. Nodes whose ids share a prefix, `outer:inner:node`, are drawn in a box."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actograph.pregel.drawing.graph import Edge, Graph, Node, NodeStyles

_SPECIAL = "*_`"
"""Mermaid takes labels within these for markdown."""
_ESCAPES = {"#": "#35;", "<": "#60;", ">": "#62;", '"': "#quot;"}


@dataclass
class _Box:
    """What is drawn within one box; the outermost is the picture."""

    path: tuple[str, ...] = ()
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    inside: dict[tuple[str, ...], _Box | Edge] = field(default_factory=dict)
    """Boxes, and edges from a node to itself, in the order they came."""

    def box(self, path: tuple[str, ...]) -> _Box:
        """The box at `path`, made if there is none."""
        box = self
        for depth in range(len(path)):
            found = box.inside.get(path[: depth + 1])
            if not isinstance(found, _Box):
                found = box.inside[path[: depth + 1]] = _Box(path[: depth + 1])
            box = found
        return box


def mermaid(
    graph: Graph, *, with_styles: bool, curve: str, styles: NodeStyles, words: int, front: Mapping[str, Any]
) -> str:
    """The text of a picture whose ids are readable."""
    outermost = _Box()
    first, last = graph.first_node(), graph.last_node()
    for edge in graph.edges:
        source, target = _path(edge.source), _path(edge.target)
        if edge.source == edge.target:
            outermost.box(source[:-1]).inside[(*source, "")] = edge
        else:
            outermost.box(_common(source, target)).edges.append(edge)
    for node in graph.nodes.values():
        outermost.box(_path(node.id)[:-1]).nodes.append(node)
    lines: list[str] = []
    if with_styles:
        config = front.get("config", {})
        flowchart = {**config.get("flowchart", {}), "curve": curve}
        lines += ["---", *_yaml({**front, "config": {**config, "flowchart": flowchart}}), "---"]
    lines.append("graph TD;")
    names: set[str] = set()

    def draw(box: _Box) -> None:
        if with_styles:
            for node in box.nodes:
                lines.append(_node(node, first, last))
        lines.extend(_edge(edge, words) for edge in box.edges)
        for inner in box.inside.values():
            if not isinstance(inner, _Box):
                lines.append(_edge(inner, words))
            elif with_styles or _has_edges(inner):
                name = inner.path[-1]
                # Boxes are told apart by name: a second one of that name needs an id of its own.
                lines.append(
                    f'\tsubgraph {_id(":".join(inner.path))}["{name}"]' if name in names else f"\tsubgraph {name}"
                )
                names.add(name)
                draw(inner)
                lines.append("\tend")

    draw(outermost)
    if with_styles:
        for name in ("default", "first", "last"):
            lines.append(f"\tclassDef {name} {getattr(styles, name)}")
    return "\n".join(lines) + "\n"


def _path(id: str) -> tuple[str, ...]:
    return tuple(id.split(":"))


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    depth = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        depth += 1
    return one[:depth]


def _has_edges(box: _Box) -> bool:
    return bool(box.edges) or any(not isinstance(inner, _Box) or _has_edges(inner) for inner in box.inside.values())


def _id(id: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", lambda match: f"\\{ord(match[0]):x}", id)


def _node(node: Node, first: Node | None, last: Node | None) -> str:
    label = node.name
    if label and label[0] in _SPECIAL and label[-1] in _SPECIAL:
        label = f"<p>{label}</p>"
    shown = [
        f"{_escaped(key)} = {text}"
        for key, value in (node.metadata or {}).items()
        if (text := _value(value)) is not None
    ]
    if shown:
        label += "<hr/><small><em>" + "\n".join(shown) + "</em></small>"
    if last is not None and node.id == last.id:
        return f"\t{_id(node.id)}([{label}]):::last"
    if first is not None and node.id == first.id:
        return f"\t{_id(node.id)}([{label}]):::first"
    return f"\t{_id(node.id)}({label})"


def _value(value: Any) -> str | None:
    """Metadata as it is shown; None for what is not."""
    if isinstance(value, str | int | float):
        return _escaped(str(value))
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(item, str | int | float) for item in value):
        return _escaped(", ".join(map(str, value)))
    return None


def _escaped(text: Any) -> str:
    return re.sub(r'[#<>"]', lambda match: _ESCAPES[match[0]], str(text))


def _edge(edge: Edge, words: int) -> str:
    source, target = _id(edge.source), _id(edge.target)
    if edge.data is None:
        return f"\t{source} {'-.->' if edge.conditional else '-->'} {target};"
    label = str(edge.data)
    parts = label.split()
    if len(parts) > words:
        label = "&nbsp<br>&nbsp".join(" ".join(parts[start : start + words]) for start in range(0, len(parts), words))
    if edge.conditional:
        return f"\t{source} -. &nbsp;{label}&nbsp; .-> {target};"
    return f"\t{source} -- &nbsp;{label}&nbsp; --> {target};"


# -- front matter --------------------------------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"(?:[A-Za-z_/$]|[0-9]+%)[A-Za-z0-9_./%$()+^~'=-]*(?:[ :][A-Za-z0-9_./%$()+^~'=-]+)*\Z")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))


def _yaml(mapping: Mapping[str, Any], indent: str = "") -> list[str]:
    lines = []
    for key in sorted(mapping, key=str):
        value = mapping[key]
        head = f"{indent}{_scalar(key)}:"
        if isinstance(value, Mapping) and value:
            lines += [head, *_yaml(value, indent + "  ")]
        elif isinstance(value, list | tuple) and value:
            lines += [head, *_yaml_list(value, indent)]
        else:
            lines.append(f"{head} {_scalar(value)}")
    return lines


def _yaml_list(values: list[Any] | tuple[Any, ...], indent: str) -> list[str]:
    lines = []
    for value in values:
        if isinstance(value, Mapping) and value:
            nested = _yaml(value, indent + "  ")
        elif isinstance(value, list | tuple) and value:
            nested = _yaml_list(value, indent + "  ")
        else:
            lines.append(f"{indent}- {_scalar(value)}")
            continue
        lines += [f"{indent}- {nested[0][len(indent) + 2 :]}", *nested[1:]]
    return lines


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value if isinstance(value, bool | int | float | dict | list | None) else str(value))
    if _PLAIN.match(value) and value.lower() not in _WORDS:
        return value
    return "'" + value.replace("'", "''") + "'" if value.isprintable() and value.isascii() else json.dumps(value)


__all__ = ("mermaid",)
