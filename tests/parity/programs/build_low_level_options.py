"""build: Low-level runtime

Options of nodes and graphs: tags and metadata, retries and caches of a node or of all, stream modes, managed values, a graph as a node of
another, copies.
"""

from __future__ import annotations

from actograph.cache.memory import InMemoryCache
from actograph.channels import LastValue
from actograph.graph import START, StateGraph
from actograph.managed.is_last_step import IsLastStepManager
from actograph.pregel import NodeBuilder, Pregel
from actograph.types import CachePolicy, RetryPolicy
from typing_extensions import TypedDict


class State(TypedDict):
    a: int
    o: int


def same(value):
    return value


def graph(node, inputs="a", outputs="o", **options):
    channels = {"a": LastValue(int), "o": LastValue(int), "last": IsLastStepManager}
    return Pregel(nodes={"n": node}, channels=channels, input_channels=inputs, output_channels=outputs, **options)


def only(function):
    return NodeBuilder().subscribe_only("a").do(function).write_to("o")


def main(t):
    def look(value, config):
        return [config.get("tags"), config["metadata"].get("k"), config["metadata"]["langgraph_triggers"]]

    t.record("meta", graph(only(look).meta("t1", "t2", k=1)).invoke(1))
    failures = []

    def fails(value):
        failures.append(value)
        if len(failures) % 3:
            raise ConnectionError("not yet")
        return value

    policy = RetryPolicy(initial_interval=0.001, retry_on=ConnectionError)
    t.record("retry of a node", graph(only(fails).add_retry_policies(policy)).invoke(1))
    t.record("retry of all", graph(only(fails), retry_policy=policy).invoke(1))
    t.record("attempts", len(failures))
    calls = []

    def counted(value):
        calls.append(value)
        return value

    cached = graph(only(counted).add_cache_policy(CachePolicy()), cache=InMemoryCache())
    t.record("cache of a node", [cached.invoke(1), cached.invoke(1), cached.invoke(2), list(calls)])
    cached = graph(only(counted), cache=InMemoryCache(), cache_policy=CachePolicy())
    t.record("cache of all", [cached.invoke(1), cached.invoke(1), list(calls)])
    t.record("mode", [graph(only(same)).stream_mode, list(graph(only(same), stream_mode="updates").stream(1))])
    managed = NodeBuilder().subscribe_to("a").read_from("last").do(same).write_to("o")
    t.record("managed", [graph(managed).invoke(1), graph(managed).invoke(1, {"recursion_limit": 1})])
    inner = graph(only(lambda value: value + 1), ["a"], ["o"])
    outer = StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile()
    t.record("in a graph", outer.invoke({"a": 1}))
    t.record("in a low-level graph", graph(NodeBuilder().subscribe_to("a").do(inner).write_to("o")).invoke(1))
    app = graph(only(same))
    named = app.copy({"name": "other"}).with_config(tags=["x"])
    t.record("copy", [named.name, named.config["tags"], app.name, named.invoke(5)])
    t.record("copy with another output", app.copy({"output_channels": "a"}).invoke(5))
    parts = [sorted(app.nodes), app.trigger_to_nodes, app.input_channels, app.output_channels]
    t.record(
        "parts",
        [*parts, app.stream_eager, app.step_timeout, app.debug, app.nodes["n"].channels, app.nodes["n"].triggers],
    )
