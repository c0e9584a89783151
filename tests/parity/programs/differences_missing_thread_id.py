"""travel: update_state

`update_state` without a thread id: LangGraph lets a bare KeyError out, here it is the ValueError that `invoke` and
`get_state` raise, with the remedy. Deliberate: docs/decisions/0007.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    app = StateGraph(State).add_node("a", lambda state: {"x": 1}).add_edge(START, "a").compile(checkpointer=t.saver())
    with t.raises("no thread", culprit=["thread_id"]):
        app.update_state({"configurable": {}}, {"x": 2})
