"""Pictures of graphs where there is nothing to compare with: images, ASCII, boxes that LangGraph loses, several inputs."""

from __future__ import annotations

import asyncio
import base64
import http.server
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import parse_qs, urlsplit

import pytest

from actograph.channels import BinaryOperatorAggregate, LastValue
from actograph.graph import START, StateGraph
from actograph.pregel import NodeBuilder, Pregel
from actograph.pregel.drawing import CurveStyle, Edge, Graph, MermaidDrawMethod, Node


class State(TypedDict):
    x: int


def node(state: State) -> dict[str, Any]:
    return {}


def chain(*names: str, **inner: Any) -> Any:
    builder = StateGraph(State)
    before = START
    for name in names:
        builder.add_node(name, inner.get(name, node)).add_edge(before, name)
        before = name
    return builder.compile()


def graph(*edges: tuple[Any, ...], nodes: tuple[str, ...] = ()) -> Graph:
    ids = dict.fromkeys([*nodes, *(id for edge in edges for id in edge[:2])])
    return Graph({id: Node(id, id.rpartition(":")[2], None) for id in ids}, [Edge(*edge) for edge in edges])


# -- boxes -------------------------------------------------------------------------------------------------------------------------


def test_a_box_in_a_box_that_has_no_edge() -> None:
    text = chain("a", a=chain("b", b=chain("c", "d"))).get_graph(xray=True).draw_mermaid()
    assert text.count("subgraph") == 2
    assert "\tsubgraph a\n\tsubgraph b\n\ta\\3ab\\3ac(c)\n" in text


def test_two_boxes_of_one_name() -> None:
    part = chain("c", "d")
    text = (
        chain("a", "b", a=chain("x", "same", same=part), b=chain("y", "same", same=part))
        .get_graph(xray=True)
        .draw_mermaid()
    )
    assert "\tsubgraph same\n" in text
    assert '\tsubgraph b\\3asame["same"]\n' in text


def test_an_edge_between_nodes_of_one_name_is_in_no_box() -> None:
    text = graph(("a:x", "b:x"), ("a:x", "a:y")).draw_mermaid(with_styles=False)
    assert text == "graph TD;\n\ta\\3ax --> b\\3ax;\n\tsubgraph a\n\ta\\3ax --> a\\3ay;\n\tend\n"


def test_a_loop_in_a_box() -> None:
    text = graph(("s", "a:x"), ("a:x", "a:x"), ("a:x", "e")).draw_mermaid(with_styles=False)
    assert "\tsubgraph a\n\ta\\3ax --> a\\3ax;\n\tend\n" in text


def test_destinations_beside_a_labelled_router() -> None:
    builder = StateGraph(State).add_node("a", node, destinations=("b",)).add_node("b", node).add_edge(START, "a")
    builder.add_conditional_edges("a", lambda state: "b", {"yes": "b"})
    assert Edge("a", "b", None, True) in builder.compile().get_graph().edges


# -- low-level graphs --------------------------------------------------------------------------------------------------------------


def test_several_input_channels() -> None:
    nodes = {
        "one": NodeBuilder().subscribe_only("a").do(node).write_to("c"),
        "two": NodeBuilder().subscribe_only("b").do(node).write_to("d"),
        "three": NodeBuilder().subscribe_only("c").do(node).write_to("d"),
    }
    channels = {name: LastValue(int) for name in "abcd"}
    drawn = Pregel(nodes=nodes, channels=channels, input_channels=["a", "b"], output_channels="d").get_graph()
    assert [edge[:2] for edge in drawn.edges] == [
        ("__start__", "one"),
        ("__start__", "two"),
        ("one", "three"),
        ("three", "__end__"),
    ]


def test_drawing_runs_nothing() -> None:
    def fails(*_: Any) -> Any:
        raise AssertionError("drawing called the user's code")

    nodes = {
        "one": NodeBuilder().subscribe_only("a").do(fails).write_to("b", c=fails),
        "two": NodeBuilder().subscribe_only("b").do(fails).write_to("b"),
    }
    channels = {"a": LastValue(int), "b": BinaryOperatorAggregate(int, fails), "c": LastValue(int)}
    drawn = Pregel(nodes=nodes, channels=channels, input_channels="a", output_channels="b").get_graph(xray=True)
    assert ("one", "two") in [edge[:2] for edge in drawn.edges]


# -- ASCII -------------------------------------------------------------------------------------------------------------------------


def test_ascii_of_a_chain() -> None:
    assert chain("a").get_graph().draw_ascii().splitlines() == [
        "+-----------+",
        "| __start__ |",
        "+-----------+",
        *["      *"] * 3,
        "    +---+",
        "    | a |",
        "    +---+",
        *["      *"] * 3,
        " +---------+",
        " | __end__ |",
        " +---------+",
    ]


def test_ascii_of_branches_and_loops(capsys: pytest.CaptureFixture[str]) -> None:
    drawn = graph(
        ("s", "a", None, True), ("s", "b"), ("a", "e"), ("b", "e"), ("b", "b"), ("e", "s"), ("x", "x", None, True)
    )
    drawn.print_ascii()
    text = capsys.readouterr().out
    for name in ("s", "a", "b <*", "e", "x <."):
        assert f"| {name} |" in text
    rows = text.splitlines()
    assert any("." in row and "*" in row for row in rows[3:6])
    layer = next(row for row in rows if "| a |" in row)
    assert "| b <* |" in layer, "nodes of one layer stand side by side"


def test_ascii_of_an_edge_past_other_nodes() -> None:
    text = graph(("s", "a"), ("a", "b"), ("s", "b"), ("b", "e"), ("s", "e")).draw_ascii()
    box = [row for row in text.splitlines() if "| a |" in row]
    assert box and box[0].count("*") == 2, "two edges pass the node"


def test_ascii_of_nothing() -> None:
    assert Graph().draw_ascii() == ""
    assert graph(nodes=("x",)).draw_ascii() == "+---+\n| x |\n+---+"


# -- images ------------------------------------------------------------------------------------------------------------------------


class Service:
    """A drawing service that gives the answers it is told to."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                code = service.answers.pop(0) if service.answers else 200
                self.send_response(code)
                self.end_headers()
                self.wfile.write(b"PNG" if code == 200 else b"no")

            def log_message(self, *_: Any) -> None:
                return None

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


def test_png_from_a_service(service: Service, tmp_path: Path) -> None:
    drawn = chain("a").get_graph()
    path = tmp_path / "a.png"
    png = drawn.draw_mermaid_png(base_url=service.url, output_file_path=str(path), curve_style=CurveStyle.STEP)
    assert png == path.read_bytes() == b"PNG"
    parts = urlsplit(service.asked[0])
    assert parse_qs(parts.query) == {"type": ["png"], "bgColor": ["!white"]}
    sent = base64.b64decode(parts.path.removeprefix("/img/")).decode()
    assert sent == drawn.draw_mermaid(curve_style=CurveStyle.STEP)
    drawn.draw_mermaid_png(base_url=service.url, background_color="#ff00ff")
    assert parse_qs(urlsplit(service.asked[1]).query)["bgColor"] == ["#ff00ff"]


def test_a_busy_service_is_asked_again(service: Service) -> None:
    service.answers = [503, 502]
    assert chain("a").get_graph().draw_mermaid_png(base_url=service.url, max_retries=2, retry_delay=0) == b"PNG"
    assert len(service.asked) == 3


@pytest.mark.parametrize(("answers", "times"), [([404], 1), ([503, 503], 2)])
def test_a_service_that_refuses(service: Service, answers: list[int], times: int) -> None:
    service.answers = answers
    with pytest.raises(ValueError, match=rf"no image from http://127\.0\.0\.1.*{answers[0]}.*draw_ascii"):
        chain("a").get_graph().draw_mermaid_png(base_url=service.url, retry_delay=0)
    assert len(service.asked) == times


def test_no_service() -> None:
    with pytest.raises(ValueError, match=r"cannot be reached.*PYPPETEER"):
        chain("a").get_graph().draw_mermaid_png(base_url="http://127.0.0.1:9", max_retries=0)


def test_an_unknown_method() -> None:
    with pytest.raises(ValueError, match="'crayon' is unknown"):
        chain("a").get_graph().draw_mermaid_png(draw_method="crayon")


def test_drawers_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyppeteer", None)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    drawn = chain("a").get_graph()
    with pytest.raises(ImportError, match="pip install pyppeteer"):
        drawn.draw_mermaid_png(draw_method=MermaidDrawMethod.PYPPETEER)
    with pytest.raises(ImportError, match="pip install pygraphviz"):
        drawn.draw_png()


def test_png_from_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    class Page:
        async def goto(self, url: str) -> None:
            seen.append(url)

        async def addScriptTag(self, source: dict[str, str]) -> None:
            seen.append(source["url"])

        async def evaluate(self, _: str, *given: Any) -> dict[str, int]:
            seen.append(given)
            return {"width": 3, "height": 4}

        async def setViewport(self, size: dict[str, int]) -> None:
            seen.append(size)

        async def screenshot(self, _: dict[str, Any]) -> bytes:
            return b"PNG"

    class Browser:
        async def newPage(self) -> Page:
            return Page()

        async def close(self) -> None:
            seen.append("closed")

    async def launch(**_: Any) -> Browser:
        return Browser()

    module = types.ModuleType("pyppeteer")
    module.launch = launch  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyppeteer", module)
    drawn = chain("a").get_graph()

    async def inside_a_loop() -> bytes:
        return drawn.draw_mermaid_png(draw_method=MermaidDrawMethod.PYPPETEER, padding=7)

    assert asyncio.run(inside_a_loop()) == b"PNG"
    assert (drawn.draw_mermaid(), "white", 7) in seen
    assert seen[-1] == "closed"


def test_png_from_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {"nodes": {}, "edges": [], "boxes": {}}

    class AGraph:
        def __init__(self, **_: Any) -> None:
            return None

        def add_node(self, id: str, **style: Any) -> None:
            seen["nodes"][id] = style

        def add_edge(self, source: str, target: str, **style: Any) -> None:
            seen["edges"].append((source, target, style["label"], style["style"]))

        def add_subgraph(self, ids: list[str], name: str, label: str) -> None:
            seen["boxes"][name] = (ids, label)

        def draw(self, path: str | None, format: str, prog: str) -> bytes | None:
            return b"PNG" if path is None else None

        def close(self) -> None:
            seen["closed"] = True

    module = types.ModuleType("pygraphviz")
    module.AGraph = AGraph  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pygraphviz", module)
    drawn = graph(("s", "a:b:x", "a<b", True), ("a:b:x", "e"))
    assert drawn.draw_png(labels={"nodes": {"s": "Start"}, "edges": {"a<b": "less <"}}) == b"PNG"
    assert seen["nodes"]["s"]["label"] == "<<B>Start</B>>"
    assert seen["edges"] == [("s", "a:b:x", "<<U>less &lt;</U>>", "dotted"), ("a:b:x", "e", "", "solid")]
    assert seen["boxes"] == {"cluster_a:b": (["a:b:x"], "b"), "cluster_a": (["a:b:x"], "a")}
    assert drawn.draw_png("somewhere.png") is None
    assert seen["closed"]


def test_in_a_notebook() -> None:
    app = chain("a")
    bundle = app._repr_mimebundle_()
    assert bundle == app.get_graph()._repr_mimebundle_()
    assert bundle["text/plain"] == app.get_graph().draw_mermaid()
