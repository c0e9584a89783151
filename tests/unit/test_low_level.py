"""Graphs made of nodes and channels, and what compiled graphs tell of themselves, where there is nothing to compare with."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
import threading
from typing import Any, TypedDict

import pytest

from actograph.channels import EphemeralValue, LastValue, Topic
from actograph.constants import TASKS
from actograph.errors import InvalidUpdateError
from actograph.graph import END, START, StateGraph
from actograph.graph.branch import Branch
from actograph.pregel import ChannelWriteEntry, NodeBuilder, Pregel
from actograph.pregel.nested import graphs_in
from actograph.pregel.protocol import PregelProtocol
from actograph.pregel.read import PregelNode
from actograph.pregel.write import ChannelWrite, ChannelWriteTupleEntry
from actograph.types import Send, TimeoutPolicy


class State(TypedDict):
    x: int


@dataclasses.dataclass
class Data:
    x: int = 0


def plus(state: State) -> dict[str, Any]:
    return {"x": state["x"] + 1}


def low(node: Any, **options: Any) -> Pregel[Any, Any, Any, Any]:
    channels = {"a": LastValue(int), "o": LastValue(object), **options.pop("more", {})}
    return Pregel(nodes={"n": node}, channels=channels, input_channels="a", output_channels="o", **options)


def only(*functions: Any) -> NodeBuilder:
    builder = NodeBuilder().subscribe_only("a").write_to("o")
    for function in functions:
        builder.do(function)
    return builder


# -- nodes -------------------------------------------------------------------------------------------------------------------------


def test_a_sync_function_in_an_async_sequence_leaves_the_loop_free() -> None:
    threads: list[int] = []

    def sync(value: int) -> int:
        threads.append(threading.get_ident())
        return value + 1

    async def awaited(value: int) -> int:
        await asyncio.sleep(0)
        return value * 10

    async def main() -> Any:
        return threading.get_ident(), await low(only(sync, awaited, sync)).ainvoke(1)

    loop_thread, result = asyncio.run(main())
    assert result == 21
    assert loop_thread not in threads
    assert low(only(sync, awaited, sync)).invoke(1) == 21


def test_writes_that_are_worked_out() -> None:
    entry = ChannelWriteTupleEntry(lambda value: [("o", value), ("z", value * 2)], static=[("o", None, None)])
    node = PregelNode(channels="a", triggers=["a"], writers=[ChannelWrite([entry])])
    app = low(node, more={"z": LastValue(int)})
    assert app.invoke(3) == 3
    assert app.copy({"output_channels": ["o", "z"]}).invoke(3) == {"o": 3, "z": 6}
    assert node.writers[0].channels == ["o"]


def test_a_send_among_the_writes() -> None:
    first = PregelNode(channels="a", triggers=["a"], writers=[ChannelWrite([Send("m", 5)])])
    second = NodeBuilder().subscribe_only("b").do(lambda value: value + 1).write_to("o")
    channels = {"a": LastValue(int), "b": LastValue(int), "o": Topic(int)}
    app = Pregel(nodes={"n": first, "m": second}, channels=channels, input_channels="a", output_channels="o")
    assert app.invoke(1) == [6]


def test_writes_that_are_refused() -> None:
    with pytest.raises(InvalidUpdateError, match=TASKS):
        low(NodeBuilder().subscribe_only("a").write_to(TASKS))
    with pytest.raises(TypeError, match="ChannelWriteEntry"):
        ChannelWrite(["o"])  # type: ignore[list-item]


def test_an_unknown_channel_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert low(only(abs).write_to("zz")).invoke(-1) == 1
    assert "node 'n' writes to 'zz', which is no channel" in caplog.text


def test_what_is_no_node_and_no_channel() -> None:
    with pytest.raises(TypeError, match=r"node 'n' must be a NodeBuilder .*not function"):
        low(plus)
    with pytest.raises(TypeError, match=r"channel 'b' must be a channel such as .*not int"):
        low(only(abs), more={"b": 3})
    with pytest.raises(TypeError, match=r"Pregel.. needs input_channels=, output_channels="):
        Pregel(nodes={}, channels={})


def test_a_mapper_of_what_is_read() -> None:
    seen: list[Any] = []
    node = PregelNode(channels=["a"], triggers=["a"], mapper=lambda found: found["a"], bound=seen.append)
    low(node).invoke(4)
    assert seen == [4]


def test_a_copy_of_a_node() -> None:
    node = only(plus).meta("tag", k=1).set_timeout(3).build()
    other = node.copy({"bound": abs, "tags": []})
    assert (other.bound, other.tags, other.metadata, other.channels) == (abs, [], {"k": 1}, "a")
    assert other.timeout == TimeoutPolicy(run_timeout=3)
    assert node.bound is plus


def test_channels_are_not_shared() -> None:
    channel = EphemeralValue(int)
    first, second = low(only(abs), more={"z": channel}), low(only(abs), more={"y": channel})
    assert first.plan.channels["z"].key == "z"
    assert second.plan.channels["y"].key == "y"


def test_an_older_name_of_the_context() -> None:
    with pytest.warns(DeprecationWarning, match="context_schema"):
        assert low(only(abs), config_type=State).context_schema is State


# -- compiled graphs -----------------------------------------------------------------------------------------------------------------


def compiled(**options: Any) -> Any:
    return StateGraph(State).add_node("plus", plus).add_edge(START, "plus").compile(**options)


def test_a_graph_is_a_pregel_protocol() -> None:
    assert isinstance(compiled(), PregelProtocol)
    assert isinstance(low(only(abs)), PregelProtocol)


def test_what_is_attached_is_run() -> None:
    app = compiled()
    donor = StateGraph(State).add_node("more", plus)
    app.attach_node("more", donor.nodes["more"])
    app.attach_edge("plus", "more")
    assert app.invoke({"x": 1}) == {"x": 3}
    app.attach_node(START, None)
    app.attach_branch("more", "route", Branch("more", lambda state: "plus" if state["x"] < 10 else END, None))
    assert app.invoke({"x": 1}) == {"x": 11}
    app.attach_node("join", StateGraph(State).add_node("join", plus).nodes["join"])
    app.attach_edge(["plus", "more"], "join")
    assert "join:plus+more:join" in app.channels


def test_schema_to_mapper() -> None:
    app = StateGraph(State, input_schema=Data).add_node("plus", plus).add_edge(START, "plus").compile()
    assert app.schema_to_mapper == {State: None, Data: Data}


def test_copies_of_compiled_graphs() -> None:
    app = compiled()
    stopped = app.copy({"interrupt_before_nodes": ["plus"]})
    assert stopped.invoke({"x": 1}) == {"x": 1}
    assert app.invoke({"x": 1}) == {"x": 2}
    with pytest.raises(TypeError, match="compile that again"):
        app.copy({"nodes": {}})
    with pytest.raises(ValueError, match="'nobody'"):
        low(only(abs)).copy({"interrupt_before_nodes": ["nobody"]})


def test_the_code_of_nodes() -> None:
    app = compiled()
    outer = StateGraph(State).add_node("inner", app).add_node("plus", plus).add_edge(START, "inner").compile()
    assert outer.nodes["inner"].bound is app
    assert outer.nodes["inner"].subgraphs == [app]
    assert outer.nodes["plus"].bound is plus
    assert outer.nodes["plus"].subgraphs == []


def test_graphs_in_code() -> None:
    app, other = compiled(), compiled()
    holder = type("Holder", (), {"graph": other})

    def calls(state: State) -> Any:
        def inner() -> Any:
            return app.invoke(state)

        return inner() or holder.graph.invoke(state)

    assert set(graphs_in(calls)) == {app, other}
    assert list(graphs_in(plus)) == []
    assert list(graphs_in(len)) == []

    def before() -> Any:
        return late.invoke({"x": 1})

    assert list(graphs_in(before)) == []
    if not app:
        late = app


# -- schemas -------------------------------------------------------------------------------------------------------------------------


def test_without_pydantic() -> None:
    source = """
import sys
sys.modules["pydantic"] = None
from actograph.graph import START, StateGraph
app = StateGraph(dict).add_node("a", lambda state: state).add_edge(START, "a").compile()
assert app.invoke({"x": 1}) == {"x": 1}
assert app.InputType is dict
for method in (app.get_input_schema, app.get_output_jsonschema, app.config_schema):
    try:
        method()
    except ImportError as error:
        assert "actograph[pydantic]" in str(error), error
    else:
        raise AssertionError(method)
assert app.get_context_jsonschema() is None
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_keys_that_a_model_cannot_have() -> None:
    class Keys(TypedDict):
        _private: int
        copy: int
        model_x: int

    app = StateGraph(Keys).add_node("a", lambda state: {}).add_edge(START, "a").compile()
    assert list(app.get_output_schema().model_json_schema()["properties"]) == ["_private", "copy", "model_x"]
    assert set(app.get_input_jsonschema()["required"]) == {"_private", "copy", "model_x"}


def test_a_total_and_a_partial_typed_dict() -> None:
    class Total(TypedDict):
        """All of it."""

        a: int

    class Partial(Total, total=False):
        b: int

    app = StateGraph(Partial).add_node("a", lambda state: {}).add_edge(START, "a").compile()
    assert app.get_input_jsonschema()["required"] == ["a"]
    assert (
        StateGraph(Total).add_node("a", plus).add_edge(START, "a").compile().get_input_jsonschema()["description"]
        == "All of it."
    )


def test_entries_are_exported() -> None:
    from actograph.pregel import _read, _write

    assert _write.ChannelWriteEntry is ChannelWriteEntry
    assert _read.PregelNode is PregelNode


def test_a_copy_with_a_saver_stores_the_classes_of_its_channels() -> None:
    from actograph.checkpoint.sqlite import SqliteSaver

    app = low(only(lambda data: Data(data.x + 1)), more={"a": LastValue(Data), "o": LastValue(Data)})
    config = {"configurable": {"thread_id": "1"}}
    with SqliteSaver.from_conn_string(":memory:") as saver:
        saved = app.copy({"checkpointer": saver})
        assert saved.invoke(Data(1), config) == Data(2)
        assert saved.get_state(config).values == {"a": Data(1), "o": Data(2)}
    with pytest.raises(TypeError):
        app.copy({"checkpointer": 3})
