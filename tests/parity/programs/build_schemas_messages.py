"""state: MessagesState; build: Graph builder

JSON schemas of graphs whose state is `MessagesState`, or has more keys.
"""

from __future__ import annotations

from actograph.graph import START, MessagesState, StateGraph


class More(MessagesState):
    summary: str


def node(state):
    return {}


def main(t):
    for schema in (MessagesState, More):
        app = StateGraph(schema).add_node("a", node).add_edge(START, "a").compile()
        t.record(f"{schema.__name__}: input", app.get_input_jsonschema())
        t.record(f"{schema.__name__}: output", app.get_output_jsonschema())
        t.record(f"{schema.__name__}: model", app.get_output_schema().model_json_schema())
    assert app.get_input_jsonschema()["required"] == ["messages", "summary"]
