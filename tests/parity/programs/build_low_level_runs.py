"""build: Low-level runtime; exec: Run methods

All ways to run and to look into a graph of channels: hidden nodes, breakpoints everywhere, streams, batches, contexts, failures, updates,
forks, `Send`s of a caller.
"""

from __future__ import annotations

import asyncio

from actograph.channels import LastValue
from actograph.pregel import NodeBuilder, Pregel
from actograph.types import Command, Send, StateUpdate


def same(value):
    return value


def plus(value):
    return value + 1


def boom(value):
    raise ValueError("boom")


def only(channel, function, *written):
    return NodeBuilder().subscribe_only(channel).do(function).write_to(*written)


def graph(nodes, names="abo", **options):
    channels = {name: LastValue(object) for name in names}
    return Pregel(nodes=nodes, channels=channels, input_channels="a", output_channels="o", **options)


def two(t, **options):
    nodes = {"n": only("a", same, "b").meta("langsmith:hidden"), "m": only("b", plus, "o")}
    return graph(nodes, checkpointer=t.saver(), **options)


def walked(app, config):
    seen = [app.invoke(1, config), app.get_state(config).next]
    while app.get_state(config).next:
        seen += [app.invoke(None, config), app.get_state(config).next]
    return seen


async def chunks(app, config):
    return [chunk async for chunk in app.astream(1, config, stream_mode=["values", "updates"])]


def runs(t):
    for mode in ("updates", "values", "tasks"):
        t.record(f"hidden: {mode}", list(two(t).stream(1, t.thread(), stream_mode=mode)))
    t.record("async", asyncio.run(chunks(two(t), t.thread())))
    for label, stops in {"everywhere": "*", "hidden": ["n"], "last": ["m"]}.items():
        t.record(f"before {label}", walked(two(t, interrupt_before_nodes=stops), t.thread()))
        t.record(f"after {label}", walked(two(t, interrupt_after_nodes=stops), t.thread()))
    app = graph({"n": only("a", plus, "o")})
    t.record("batch", app.batch([1, 2, 3]))
    t.record("output keys", app.invoke(1, output_keys=["a", "o"]))
    t.record("output key", list(app.stream(1, output_keys="o", stream_mode=["values", "updates"])))
    t.record("v2", [app.invoke(1, version="v2"), list(app.stream(1, version="v2"))])
    given = graph({"n": only("a", lambda value, runtime: runtime.context, "o")}, context_schema=dict)
    t.record("context", given.invoke(1, context={"k": 1}))
    writing = graph({"n": only("a", lambda value, writer: writer("w") or value, "o")})
    t.record("custom", list(writing.stream(1, stream_mode="custom")))
    with t.raises("error"):
        graph({"n": only("a", boom, "o")}).invoke(1)


def threads(t):
    app, config = graph({"n": only("a", boom, "o"), "k": only("a", same, "b")}, checkpointer=t.saver()), t.thread()
    with t.raises("failed", culprit=["boom"]):
        app.invoke(1, config)
    snapshot = app.get_state(config)
    t.record("failed state", [snapshot.values, snapshot.next, snapshot.tasks[1].name, snapshot.tasks[1].error])
    nodes = {"n": only("a", plus, "o"), "m": NodeBuilder().subscribe_to("b").do(same).write_to("o")}
    app, config = graph(nodes, checkpointer=t.saver()), t.thread()
    t.record("first", app.invoke(1, config))
    t.record("sent", app.invoke(Command(goto=Send("m", 5)), config))
    app, config = two(t), t.thread()
    app.bulk_update_state(config, [[StateUpdate(1, "n")], [StateUpdate(5, "n")]])
    t.history("bulk", app.get_state_history(config))
    for label, values, node in (("no node", 9, None), ("end", None, "__end__")):
        app, config = two(t), t.thread()
        app.invoke(1, config)
        app.update_state(config, values, as_node=node)
        t.snapshot(label, app.get_state(config))
    app, config = two(t), t.thread()
    app.update_state(config, 4, as_node="__input__")
    t.snapshot("input", app.get_state(config))
    t.record("from the input", app.invoke(None, config))
    past = next(found for found in app.get_state_history(config) if found.next == ("m",))
    app.update_state(past.config, 40, as_node="n")
    t.record("fork", app.invoke(None, config))
    assert app.get_state(config).values == {"a": 4, "b": 40, "o": 41}


def main(t):
    runs(t)
    threads(t)
