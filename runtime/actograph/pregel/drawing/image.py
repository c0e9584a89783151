"""Images of pictures, made by others: a web service, a local browser, or Graphviz."""

from __future__ import annotations

import base64
import importlib
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from actograph.pregel.drawing.graph import Graph

_SERVICE: Final = "https://mermaid.ink"
_SECONDS: Final = 10.0
_MERMAID: Final = "https://cdn.jsdelivr.net/npm/mermaid@11/dist/mermaid.min.js"
_BUSY: Final = frozenset((429, 500, 502, 503, 504))


def mermaid_png(
    text: str,
    *,
    method: str,
    background: str,
    padding: int,
    retries: int,
    delay: float,
    base_url: str | None,
    proxies: Mapping[str, str] | None,
) -> bytes:
    """Mermaid text as PNG; see `Graph.draw_mermaid_png`."""
    if method == "api":
        return _from_service(text, base_url or _SERVICE, background, retries, delay, proxies)
    if method == "pyppeteer":
        return _from_browser(text, background, padding)
    raise ValueError(f"draw_method {method!r} is unknown: choose MermaidDrawMethod.API or MermaidDrawMethod.PYPPETEER")


def _from_service(
    text: str, base_url: str, background: str, retries: int, delay: float, proxies: Mapping[str, str] | None
) -> bytes:
    colour = background if background.startswith("#") else f"!{background}"  # "!" marks a name
    code = base64.b64encode(text.encode()).decode()
    url = f"{base_url.rstrip('/')}/img/{code}?type=png&bgColor={quote(colour, safe='')}"
    handlers = [] if proxies is None else [urllib.request.ProxyHandler(dict(proxies))]
    opener = urllib.request.build_opener(*handlers)
    request = urllib.request.Request(url, headers={"User-Agent": "actograph"})
    for attempt in range(retries + 1):
        try:
            with opener.open(request, timeout=_SECONDS) as response:
                image: bytes = response.read()
                return image
        except urllib.error.HTTPError as error:
            reason = f"it answered {error.code} {error.reason}"
            error.close()
            if error.code not in _BUSY:
                raise _unreachable(base_url, reason) from None
        except OSError as error:
            reason = f"it cannot be reached ({getattr(error, 'reason', error)})"
        if attempt == retries:
            raise _unreachable(base_url, reason)
        time.sleep(delay * 2**attempt)
    raise ValueError(f"max_retries must be at least 0, not {retries}")


def _unreachable(base_url: str, reason: str) -> ValueError:
    return ValueError(
        f"no image from {base_url}: {reason}; draw it without the network with draw_method=MermaidDrawMethod.PYPPETEER, or as text with "
        "draw_mermaid() or draw_ascii(), or raise max_retries="
    )


def _from_browser(text: str, background: str, padding: int) -> bytes:
    try:
        launch = importlib.import_module("pyppeteer").launch
    except ImportError:
        raise ImportError(
            "draw_method=MermaidDrawMethod.PYPPETEER draws in a local browser: pip install pyppeteer"
        ) from None
    import asyncio
    import threading

    async def draw() -> bytes:
        browser = await launch(handleSIGINT=False, handleSIGTERM=False, handleSIGHUP=False)
        try:
            page = await browser.newPage()
            await page.goto("about:blank")
            await page.addScriptTag({"url": _MERMAID})
            size = await page.evaluate(_RENDER, text, background, padding)
            await page.setViewport({"width": size["width"], "height": size["height"], "deviceScaleFactor": 2})
            image: bytes = await page.screenshot({"fullPage": False, "omitBackground": background == "transparent"})
            return image
        finally:
            await browser.close()

    # In a thread of its own: a notebook's thread has a running loop.
    result: list[Any] = []

    def run() -> None:
        try:
            result.append(asyncio.run(draw()))
        except BaseException as error:
            result.append(error)

    thread = threading.Thread(target=run, name="actograph-drawing")
    thread.start()
    thread.join()
    (outcome,) = result
    if isinstance(outcome, BaseException):
        raise outcome
    assert isinstance(outcome, bytes)
    return outcome


_RENDER: Final = """async (text, background, padding) => {
  window.mermaid.initialize({startOnLoad: false});
  const {svg} = await window.mermaid.render("picture", text);
  document.body.style.margin = "0";
  document.body.style.background = background;
  document.body.innerHTML = `<div id="frame" style="display: inline-block; padding: ${padding}px">${svg}</div>`;
  const box = document.getElementById("frame").getBoundingClientRect();
  return {width: Math.ceil(box.width), height: Math.ceil(box.height)};
}"""


def graphviz_png(graph: Graph, path: str | None, font: str, labels: Mapping[Any, Mapping[str, str]]) -> bytes | None:
    """A picture as PNG by Graphviz; see `Graph.draw_png`."""
    try:
        pygraphviz = importlib.import_module("pygraphviz")
    except ImportError:
        raise ImportError(
            "draw_png() needs Graphviz and pygraphviz: pip install pygraphviz; draw_mermaid() and draw_ascii() need neither"
        ) from None
    picture = pygraphviz.AGraph(directed=True, nodesep=0.9, ranksep=1.0)
    names, texts = labels.get("nodes", {}), labels.get("edges", {})
    first, last = graph.first_node(), graph.last_node()
    for id, node in graph.nodes.items():
        style = {"label": f"<<B>{_html(names.get(id, node.name))}</B>>", "style": "filled", "fillcolor": "yellow"}
        if first is not None and id == first.id:
            style["fillcolor"] = "lightblue"
        elif last is not None and id == last.id:
            style["fillcolor"] = "orange"
        picture.add_node(id, fontsize=15, fontname=font, **style)
    for edge in graph.edges:
        label = "" if edge.data is None else f"<<U>{_html(texts.get(str(edge.data), str(edge.data)))}</U>>"
        style = {"style": "dotted" if edge.conditional else "solid"}
        picture.add_edge(edge.source, edge.target, label=label, fontsize=12, fontname=font, **style)
    for name, inside in _boxes(graph).items():
        picture.add_subgraph(inside, name=f"cluster_{name}", label=name.rpartition(":")[2])
    try:
        drawn: bytes | None = picture.draw(path, format="png", prog="dot")
        return drawn
    finally:
        picture.close()


def _boxes(graph: Graph) -> dict[str, list[str]]:
    boxes: dict[str, list[str]] = {}
    for id in graph.nodes:
        box = id.rpartition(":")[0]
        while box:
            boxes.setdefault(box, []).append(id)
            box = box.rpartition(":")[0]
    return boxes


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


__all__ = ("graphviz_png", "mermaid_png")
