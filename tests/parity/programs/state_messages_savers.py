"""state: MessagesState

Messages of every kind come back from a saver as what they were: tool calls, usage, artifacts, extra keys; memory and SQLite.
"""

from __future__ import annotations

import importlib

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from actograph.graph import START, MessagesState, StateGraph


def speak(state):
    call = {"name": "add", "args": {"a": 1, "b": [2, None]}, "id": "c1", "type": "tool_call"}
    usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    return {
        "messages": [
            AIMessage("", id="a1", tool_calls=[call], usage_metadata=usage, response_metadata={"model_name": "m"}),
            ToolMessage("3", id="t1", tool_call_id="c1", name="add", artifact={"raw": [1.5, True]}, status="error"),
        ]
    }


def main(t):
    app = StateGraph(MessagesState).add_node(speak).add_edge(START, "speak")
    begin = [
        SystemMessage("be brief", id="s1"),
        HumanMessage([{"type": "text", "text": "1+2"}], id="h1", name="ann", additional_kwargs={"lang": "en"}),
    ]
    sqlite = importlib.import_module(f"{t.root}.checkpoint.sqlite")
    with sqlite.SqliteSaver.from_conn_string(t.sqlite_path()) as durable:
        for label, saver in {"memory": t.saver(), "sqlite": durable}.items():
            graph = app.compile(checkpointer=saver)
            thread = t.thread()
            graph.invoke({"messages": begin}, thread)
            graph.invoke({"messages": [HumanMessage("again", id="h2")]}, thread)
            t.snapshot(f"{label}: state", graph.get_state(thread))
            t.record(f"{label}: lengths", [len(s.values["messages"]) for s in graph.get_state_history(thread)])
            stored = graph.get_state(thread).values["messages"]
            t.record(f"{label}: types", [type(message).__name__ for message in stored])
