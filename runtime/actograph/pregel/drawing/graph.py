"""A graph as a picture knows it: nodes with names, and edges with labels. Attributes and methods are those of LangChain's `Graph`."""

from __future__ import annotations

import enum
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from actograph.engine.plan import NodePlan


class Node(NamedTuple):
    """A node of a picture."""

    id: str
    name: str
    data: Any
    """What the node stands for: the user's code, a graph, a schema, or None."""
    metadata: dict[str, Any] | None = None

    def copy(self, *, id: str | None = None, name: str | None = None) -> Node:
        """The same node under another id or name."""
        return Node(self.id if id is None else id, self.name if name is None else name, self.data, self.metadata)


class Edge(NamedTuple):
    """An edge of a picture."""

    source: str
    target: str
    data: Any = None
    """Its label."""
    conditional: bool = False
    """Whether something decides at run time if it is taken; drawn dashed."""

    def copy(self, *, source: str | None = None, target: str | None = None) -> Edge:
        """The same edge between other nodes."""
        return Edge(
            self.source if source is None else source,
            self.target if target is None else target,
            self.data,
            self.conditional,
        )


class CurveStyle(enum.Enum):
    """How mermaid bends edges."""

    BASIS = "basis"
    BUMP_X = "bumpX"
    BUMP_Y = "bumpY"
    CARDINAL = "cardinal"
    CATMULL_ROM = "catmullRom"
    LINEAR = "linear"
    MONOTONE_X = "monotoneX"
    MONOTONE_Y = "monotoneY"
    NATURAL = "natural"
    STEP = "step"
    STEP_AFTER = "stepAfter"
    STEP_BEFORE = "stepBefore"


class MermaidDrawMethod(enum.Enum):
    """Who turns mermaid text into an image: a browser on this machine, or a web service."""

    PYPPETEER = "pyppeteer"
    API = "api"


@dataclass
class NodeStyles:
    """CSS of the nodes of a mermaid picture: the first, the last, and all others."""

    default: str = "fill:#f2f0ff,line-height:1.2"
    first: str = "fill-opacity:0"
    last: str = "fill:#bfb6fc"


@dataclass
class Graph:
    """A picture of a graph: nodes by id, and edges in the order they are drawn."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.nodes)

    # -- building ----------------------------------------------------------------------------------------------------------------

    def next_id(self) -> str:
        """An id that no other node has."""
        return uuid4().hex

    def add_node(self, data: Any, id: str | None = None, *, metadata: dict[str, Any] | None = None) -> Node:
        """Add a node that stands for `data`, named after its id, or else after `data`. Raises ValueError for an id that is taken."""
        if id is not None and id in self.nodes:
            raise ValueError(f"there is a node with id {id!r} already: leave id= out, or choose another")
        key = id or self.next_id()
        node = self.nodes[key] = Node(key, _text_of(key, data), data, metadata)
        return node

    def remove_node(self, node: Node) -> None:
        """Take a node away, and its edges."""
        self.nodes.pop(node.id)
        self.edges = [edge for edge in self.edges if node.id not in (edge.source, edge.target)]

    def add_edge(self, source: Node, target: Node, data: Any = None, conditional: bool = False) -> Edge:
        """Add an edge with the label `data`. Raises ValueError when one of its nodes is not in the graph."""
        for which, node in (("source", source), ("target", target)):
            if node.id not in self.nodes:
                raise ValueError(f"the edge's {which} {node.id!r} is not in the graph: call add_node first")
        edge = Edge(source.id, target.id, data, conditional)
        self.edges.append(edge)
        return edge

    def extend(self, graph: Graph, *, prefix: str = "") -> tuple[Node | None, Node | None]:
        """Add all nodes and edges of `graph`, ids behind `prefix:`; returns its first and last node as they are here."""
        if all(is_uuid(id) for id in graph.nodes):
            prefix = ""  # ids that meet nobody's need no prefix

        def named(id: str) -> str:
            return f"{prefix}:{id}" if prefix else id

        self.nodes.update({named(node.id): node.copy(id=named(node.id)) for node in graph.nodes.values()})
        self.edges += [edge.copy(source=named(edge.source), target=named(edge.target)) for edge in graph.edges]
        first, last = graph.first_node(), graph.last_node()
        return (
            None if first is None else self.nodes[named(first.id)],
            None if last is None else self.nodes[named(last.id)],
        )

    # -- looking -----------------------------------------------------------------------------------------------------------------

    def first_node(self) -> Node | None:
        """The only node that no edge leads to; None when there are several or none."""
        return self._only(edge.target for edge in self.edges)

    def last_node(self) -> Node | None:
        """The only node that no edge leaves; None when there are several or none."""
        return self._only(edge.source for edge in self.edges)

    def _only(self, others: Iterable[str], but: str | None = None) -> Node | None:
        passed = set(others)
        found = [node for id, node in self.nodes.items() if id not in passed and id != but]
        return found[0] if len(found) == 1 else None

    def trim_first_node(self) -> None:
        """Take the first node away if one edge leaves it and its successor is then the first."""
        first = self.first_node()
        if (
            first is not None
            and self._only((e.target for e in self.edges if e.source != first.id), first.id) is not None
        ):
            if sum(edge.source == first.id for edge in self.edges) == 1:
                self.remove_node(first)

    def trim_last_node(self) -> None:
        """Take the last node away if one edge leads to it and its predecessor is then the last."""
        last = self.last_node()
        if last is not None and self._only((e.source for e in self.edges if e.target != last.id), last.id) is not None:
            if sum(edge.target == last.id for edge in self.edges) == 1:
                self.remove_node(last)

    def reid(self) -> Graph:
        """The same picture with readable ids: a UUID becomes the node's name, numbered where several share one."""
        ids: dict[str, str] = {}
        count = Counter(node.name for node in self.nodes.values())
        used: Counter[str] = Counter()
        for id, node in self.nodes.items():
            used[node.name] += 1
            readable = node.name if count[node.name] == 1 else f"{node.name}_{used[node.name]}"
            ids[id] = readable if is_uuid(id) else id
        return Graph(
            {ids[id]: node.copy(id=ids[id]) for id, node in self.nodes.items()},
            [edge.copy(source=ids[edge.source], target=ids[edge.target]) for edge in self.edges],
        )

    def to_json(self, *, with_schemas: bool = False) -> dict[str, list[dict[str, Any]]]:
        """The picture as plain data; `with_schemas` puts JSON schemas where nodes stand for Pydantic models."""
        numbers = {id: number if is_uuid(id) else id for number, id in enumerate(self.nodes)}
        edges: list[dict[str, Any]] = []
        for edge in self.edges:
            shown: dict[str, Any] = {"source": numbers[edge.source], "target": numbers[edge.target]}
            if edge.data is not None:
                shown["data"] = edge.data
            if edge.conditional:
                shown["conditional"] = True
            edges.append(shown)
        nodes = [{"id": numbers[node.id], **_described(node, with_schemas)} for node in self.nodes.values()]
        return {"nodes": nodes, "edges": edges}

    # -- drawing -----------------------------------------------------------------------------------------------------------------

    def draw_mermaid(
        self,
        *,
        with_styles: bool = True,
        curve_style: CurveStyle = CurveStyle.LINEAR,
        node_colors: NodeStyles | None = None,
        wrap_label_n_words: int = 9,
        frontmatter_config: Mapping[str, Any] | None = None,
    ) -> str:
        """The picture as mermaid text.

        Parameters:
            with_styles: with a front matter, node labels and colours; else edges only.
            curve_style: how edges are bent.
            node_colors: CSS of nodes.
            wrap_label_n_words: words in a line of an edge's label.
            frontmatter_config: more front matter, e.g. `{"config": {"theme": "neutral"}}`.
        """
        from actograph.pregel.drawing.mermaid import mermaid

        return mermaid(
            self.reid(),
            with_styles=with_styles,
            curve=str(curve_style.value),
            styles=node_colors or NodeStyles(),
            words=wrap_label_n_words,
            front=frontmatter_config or {},
        )

    def draw_mermaid_png(
        self,
        *,
        curve_style: CurveStyle = CurveStyle.LINEAR,
        node_colors: NodeStyles | None = None,
        wrap_label_n_words: int = 9,
        output_file_path: str | None = None,
        draw_method: MermaidDrawMethod = MermaidDrawMethod.API,
        background_color: str = "white",
        padding: int = 10,
        max_retries: int = 1,
        retry_delay: float = 1.0,
        frontmatter_config: Mapping[str, Any] | None = None,
        base_url: str | None = None,
        proxies: dict[str, str] | None = None,
    ) -> bytes:
        """The picture as PNG.

        Parameters:
            output_file_path: also write it there.
            draw_method: the web service at `base_url` ("https://mermaid.ink"), which sees the text; or a local browser (pyppeteer).
            background_color: a CSS name or "#rrggbb".
            padding: pixels around it; local browser only.
            max_retries, retry_delay: further attempts at the web service, and seconds before the first of them.
            proxies: by scheme, for the web service.

        Raises ValueError when the service cannot be reached or refuses, ImportError when pyppeteer is missing.
        """
        from actograph.pregel.drawing.image import mermaid_png

        text = self.draw_mermaid(
            curve_style=curve_style,
            node_colors=node_colors,
            wrap_label_n_words=wrap_label_n_words,
            frontmatter_config=frontmatter_config,
        )
        image = mermaid_png(
            text,
            method=str(getattr(draw_method, "value", draw_method)),
            background=background_color,
            padding=padding,
            retries=max_retries,
            delay=retry_delay,
            base_url=base_url,
            proxies=proxies,
        )
        if output_file_path is not None:
            with open(output_file_path, "wb") as file:
                file.write(image)
        return image

    def draw_png(
        self,
        output_file_path: str | None = None,
        fontname: str | None = None,
        labels: Mapping[Literal["nodes", "edges"], Mapping[str, str]] | None = None,
    ) -> bytes | None:
        """The picture as PNG, by Graphviz; None when it went to `output_file_path`.

        `labels` gives other texts, `{"nodes": {id: text}, "edges": {label: text}}`. Raises ImportError when pygraphviz is missing.
        """
        from actograph.pregel.drawing.image import graphviz_png

        return graphviz_png(self, output_file_path, fontname or "arial", labels or {})

    def draw_ascii(self) -> str:
        """The picture as lines of text."""
        from actograph.pregel.drawing.ascii import draw

        return draw(self)

    def print_ascii(self) -> None:
        """Print `draw_ascii`."""
        sys.stdout.write(self.draw_ascii() + "\n")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # Notebooks that know mermaid draw it; others show the text. A web service is asked only when a user asks for a PNG.
        text = self.draw_mermaid()
        return {"text/plain": text, "text/vnd.mermaid": text}


def is_uuid(text: str) -> bool:
    """Whether an id was made, and not chosen."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _text_of(id: str, data: Any) -> str:
    if data is None or not is_uuid(id):
        return id
    get_name: Callable[[], str] | None = None if isinstance(data, type) else getattr(data, "get_name", None)
    name = get_name() if callable(get_name) else getattr(data, "__name__", None)
    return str(name) if isinstance(name, str) else str(data)


def _described(node: Node, with_schemas: bool) -> dict[str, Any]:
    data = node.data
    shown: dict[str, Any] = {}
    if data is not None:
        text = _text_of(node.id, data)
        if isinstance(data, type) and hasattr(data, "model_json_schema"):
            shown = {"type": "schema", "data": data.model_json_schema() if with_schemas else text}
        elif callable(data) or callable(getattr(data, "invoke", None)) or isinstance(data, NodePlan):
            place = data if hasattr(data, "__qualname__") else type(data)
            names = [*str(place.__module__).split("."), *str(place.__qualname__).split(".")]
            shown = {"type": "runnable", "data": {"id": names, "name": text}}
        else:
            shown = {"type": "unknown", "data": text}
    if node.metadata is not None:
        shown["metadata"] = node.metadata
    return shown


__all__ = ("CurveStyle", "Edge", "Graph", "MermaidDrawMethod", "Node", "NodeStyles")
