"""Memory across threads: what a user says in one conversation is known in the next, kept in a store under the user's namespace.

Threads are for conversations, the store is for people. The store also finds by meaning, here with a toy embedding.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.store.base import BaseStore
from actograph.store.memory import InMemoryStore

TOPICS = ("food", "eat", "soup", "cheese", "music", "song", "jazz", "hear", "travel", "train", "sea", "go")


def embed(texts: list[str]) -> list[list[float]]:
    """A vector with a dimension for each of three topics: which of their words occur."""
    return [[float(sum(word in text for word in TOPICS[at : at + 4])) + 0.01 for at in (0, 4, 8)] for text in texts]


@dataclass
class User:
    user_id: str


class State(TypedDict):
    said: str
    replies: Annotated[list[str], operator.add]


def remember(state: State, runtime: Runtime[User], *, store: BaseStore) -> dict[str, Any]:
    """Write down what the user tells of himself; a new fact on the same thing replaces the old one."""
    for verb, what in re.findall(r"I (love|hate) (\w+(?: (?!and\b)\w+)*)", state["said"]):
        store.put((runtime.context.user_id, "facts"), what, {"text": f"{verb}s {what}"})
    name = re.search(r"call me (\w+)", state["said"])
    if name:
        store.put((runtime.context.user_id,), "profile", {"name": name[1]})
    return {}


def answer(state: State, runtime: Runtime[User]) -> dict[str, Any]:
    assert runtime.store is not None
    user = runtime.context.user_id
    profile = runtime.store.get((user,), "profile")
    name = profile.value["name"] if profile else "stranger"
    if state["said"].endswith("?"):
        found = runtime.store.search((user, "facts"), query=state["said"], limit=1)
        text = f"you are one who {found[0].value['text']}" if found else "I know nothing of you"
    else:
        text = "noted"
    return {"replies": [f"{name}, {text}"]}


builder = StateGraph(State, context_schema=User)
builder.add_node(remember)
builder.add_node(answer)
builder.add_edge(START, "remember")
builder.add_edge("remember", "answer")

store = InMemoryStore(index={"embed": embed, "dims": 3, "fields": ["text"]})
graph = builder.compile(checkpointer=InMemorySaver(), store=store)


def say(user: str, thread: str, text: str) -> None:
    config = {"configurable": {"thread_id": thread}}
    result = graph.invoke({"said": text}, config, context=User(user))
    print(f"{user}/{thread}: {text}\n    -> {result['replies'][-1]}   (reply {len(result['replies'])} of this thread)")


if __name__ == "__main__":
    say("u1", "monday", "Please call me Ada. I love jazz and I hate cold soup")
    say("u2", "monday 2", "I love the sea")
    say("u1", "tuesday", "I love trains by night")
    say("u1", "tuesday", "What music shall we hear?")
    say("u1", "wednesday", "How shall I travel, by train?")
    say("u1", "wednesday", "What shall we eat?")
    say("u2", "wednesday 2", "Where shall I go?")
    say("u3", "monday 3", "What do you know?")

    print("who told something:", sorted(user for user, _ in store.list_namespaces(suffix=("facts",))))
    for item in sorted(store.search(("u1", "facts")), key=lambda item: item.key):
        print("  u1:", item.key, "=", item.value["text"])
    store.delete(("u1", "facts"), "cold soup")
    say("u1", "thursday", "And what shall we hear?")
