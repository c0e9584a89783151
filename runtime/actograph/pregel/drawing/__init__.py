"""Pictures of graphs: what `get_graph` returns, as data, mermaid text, ASCII and PNG; no drawing library is needed for the text forms."""

from __future__ import annotations

from actograph.pregel.drawing.graph import CurveStyle, Edge, Graph, MermaidDrawMethod, Node, NodeStyles

__all__ = ("CurveStyle", "Edge", "Graph", "MermaidDrawMethod", "Node", "NodeStyles")
