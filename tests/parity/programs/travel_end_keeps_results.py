"""travel: Special as_node

`END` on a superstep that is half done: what has ended counts, and what follows it is next; what waits is dropped. The
same at a checkpoint of the past, all of whose tasks have ended.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Send, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]
    of: str


def node(name):
    return lambda state: {"log": [f"{name}{state.get('of', '')}"]}


def main(t):
    builder = StateGraph(State)
    builder.add_node("ends", node("ends")).add_node("asks", lambda state: {"log": [interrupt("?")]})
    for name in ("after", "sent", "joined"):
        builder.add_node(name, node(name))
    builder.add_edge(START, "ends").add_edge(START, "asks").add_edge("ends", "after").add_edge(
        ["after", "sent"], "joined"
    )
    builder.add_conditional_edges("ends", lambda state: [Send("sent", {"of": number}) for number in "12"], ["sent"])
    app = builder.compile(checkpointer=t.saver())
    thread = t.thread()
    app.invoke({"log": ["in"]}, thread)
    app.update_state(thread, None, as_node=END)
    t.snapshot("half done", app.get_state(thread))
    t.record("goes on", app.invoke(None, thread))
    past = next(one for one in app.get_state_history(thread) if "after" in one.next)
    app.update_state(past.config, None, as_node=END)
    t.snapshot("past", app.get_state(thread))
    t.record("past goes on", app.invoke(None, thread))
    t.history("history", app.get_state_history(thread))
