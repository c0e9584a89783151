"""memory: Kinds

Memory across threads: a profile that is rewritten, a collection that grows, past examples, instructions the graph changes; written in
the run, and in the background after it.
"""

from __future__ import annotations

import uuid

from langchain_core.messages import AIMessage, HumanMessage

from actograph.graph import START, MessagesState, StateGraph
from actograph.runtime import Runtime
from actograph.store.memory import InMemoryStore


def respond(state, runtime: Runtime[dict]):
    store, user = runtime.store, runtime.context["user"]
    rules = store.get(("instructions",), "agent")
    profile = store.get((user, "profile"), "me")
    facts = [item.value["fact"] for item in store.search((user, "facts"))]
    examples = [item.value["said"] for item in store.search((user, "episodes"), filter={"good": True}, limit=2)]
    text = f"{rules.value['text'] if rules else '-'} | {profile.value if profile else '-'} | {facts} | {examples}"
    return {"messages": [AIMessage(text)]}


def remember(state, runtime: Runtime[dict]):
    store, user = runtime.store, runtime.context["user"]
    said = state["messages"][-2].content
    before = store.get((user, "profile"), "me")
    name = said.removeprefix("I am ") if said.startswith("I am ") else None
    profile = {
        "turns": (before.value["turns"] if before else 0) + 1,
        "name": name or (before.value["name"] if before else None),
    }
    store.put((user, "profile"), "me", profile)
    if "like" in said:
        store.put((user, "facts"), str(uuid.uuid5(uuid.NAMESPACE_DNS, said)), {"fact": said})
    store.put((user, "episodes"), f"{profile['turns']}", {"said": said, "good": "!" in said})


def main(t):
    store = InMemoryStore()
    app = StateGraph(MessagesState, context_schema=dict).add_sequence([respond, remember]).add_edge(START, "respond")
    app = app.compile(checkpointer=t.saver(), store=store)
    ann, bob = {"user": "ann"}, {"user": "bob"}
    said = [
        (ann, "I am Ann"),
        (ann, "I like plums!"),
        (bob, "hello"),
        (ann, "I like figs"),
        (ann, "I like plums!"),
        (bob, "I am Bob!"),
    ]
    for turn, (who, text) in enumerate(said):
        result = app.invoke({"messages": [HumanMessage(text)]}, t.thread(), context=who)
        t.record(f"turn {turn}", result["messages"][-1].content)
        if turn == 2:  # in the background: what the conversations taught changes the instructions
            store.put(
                ("instructions",), "agent", {"text": f"be kind to {len(store.list_namespaces(suffix=('profile',)))}"}
            )
    t.record("profiles", [item.value for item in store.search((), limit=50) if item.key == "me"])
    t.record("namespaces", store.list_namespaces())
