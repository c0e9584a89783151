"""The picture of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actograph.pregel.base import Config, PregelBase
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.pregel.drawing import Graph


class Drawn(PregelBase[StateT, ContextT, InputT, OutputT]):
    """What a graph looks like."""

    def get_graph(self, config: Config | None = None, *, xray: int | bool = False) -> Graph:
        """The picture of this graph: nodes and edges, with `draw_mermaid()`, `draw_ascii()`, `draw_mermaid_png()`, `to_json()`.

        `xray` draws the graphs inside nodes too: all of them, or, as a number, so many levels. `config` is accepted for LangGraph's sake.
        """
        from actograph.pregel.drawing.sketch import has_ends, inner_graphs, picture

        inner: dict[str, Any] = {}
        if xray:
            deeper = xray if isinstance(xray, bool) else xray - 1
            for name, graph in inner_graphs(self).items():  # type: ignore[arg-type]
                drawn = graph.get_graph(config, xray=deeper)
                if has_ends(drawn):
                    inner[name] = drawn
        return picture(self, inner)  # type: ignore[arg-type]

    async def aget_graph(self, config: Config | None = None, *, xray: int | bool = False) -> Graph:
        """See `get_graph`, which never waits."""
        return self.get_graph(config, xray=xray)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return self.get_graph()._repr_mimebundle_(**options)


__all__ = ("Drawn",)
