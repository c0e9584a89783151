"""errors: Node error handler
runtime: Runtime

What a handler finds in its config and runtime: its own name, the failed task's place, the failed node's metadata; breakpoints on it.
"""

import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


KEYS = ("langgraph_node", "langgraph_step", "langgraph_path", "langgraph_triggers", "of_the_node", "of_the_run")


def main(t):
    seen = []

    def bad(state):
        raise ValueError("bad")

    def handler(state, error: NodeError, config, runtime: Runtime, writer):
        writer({"task": config["metadata"]["langgraph_node"]})
        metadata = config["metadata"]
        seen.append([[metadata.get(key) for key in KEYS], runtime.context, runtime.execution_info.node_attempt])
        seen.append([part.split(":")[0] for part in metadata["langgraph_checkpoint_ns"].split("|")])
        return {"log": ["handled"]}

    def graph(saver=None):
        builder = StateGraph(State, context_schema=dict)
        builder.add_node("n", bad, error_handler=handler, metadata={"of_the_node": 1})
        return builder.add_conditional_edges(START, lambda state: ["n", Send("n", {"x": 1})], ["n"]).compile(saver)

    config = {"metadata": {"of_the_run": 2}}
    chunks = graph().stream({"x": 0}, config, context={"k": 3}, stream_mode=["custom", "updates"])
    t.chunks("stream", chunks, parallel=[{"__error_handler__n"}])
    t.record("seen", sorted(seen, key=repr))

    app = graph(t.saver())
    for label, options in (
        ("before the handler", {"interrupt_before": ["__error_handler__n"]}),
        ("after the handler", {"interrupt_after": ["__error_handler__n"]}),
        ("after the node", {"interrupt_after": ["n"]}),
        ("after any", {"interrupt_after": "*"}),
    ):
        thread = t.thread()
        t.record(label, list(app.stream({"x": 0}, thread, **options)))
        t.record(f"{label}: next", app.get_state(thread).next)
