"""state: MessagesState

`MessageGraph`: the whole state is the list of messages; deprecated, which a warning says.
"""

from __future__ import annotations

import warnings

from langchain_core.messages import AIMessage, HumanMessage

from actograph.graph import END, START, MessageGraph


def main(t):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        builder = MessageGraph()
    t.record("deprecated", [issubclass(one.category, DeprecationWarning) for one in caught])
    builder.add_node(
        "model", lambda messages: AIMessage(f"{len(messages)}: {messages[-1].content}", id=f"a{len(messages)}")
    )
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", lambda messages: "model" if len(messages) < 3 else END)
    app = builder.compile(checkpointer=t.saver())
    thread = t.thread()
    t.record("one message", app.invoke(HumanMessage("hi", id="h1"), thread))
    t.record("a list", app.invoke([HumanMessage("more", id="h2")], thread))
    t.chunks("updates", app.stream([HumanMessage("last", id="h3")], thread, stream_mode="updates"))
    t.snapshot("state", app.get_state(thread))
