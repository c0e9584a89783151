"""`add_messages` and what belongs to it, on both kinds of messages: LangChain's objects, and dicts where LangChain is not installed."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.graph import START, MessagesState, StateGraph, add_messages
from actograph.graph import message as module
from actograph.graph.message import REMOVE_ALL_MESSAGES, push_message
from actograph.graph.message_kinds import DictMessages, MessageKind, message_kind, remove_message

langchain = pytest.importorskip("langchain_core.messages")


@pytest.fixture(params=["objects", "dicts"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MessageKind:
    """The kind of messages in use during the test."""
    used: MessageKind = message_kind() if request.param == "objects" else DictMessages()
    monkeypatch.setattr(module, "message_kind", lambda: used)
    return used


def user(content: str, id: str | None = None) -> dict[str, Any]:
    return {"role": "user", "content": content, **({} if id is None else {"id": id})}


def told(messages: list[Any]) -> list[tuple[str, str, str]]:
    """Role, content and id of each message, of either kind."""
    roles = {"human": "user", "ai": "assistant"}
    return [
        (message["role"], message["content"], message["id"])
        if isinstance(message, dict)
        else (roles.get(message.type, message.type), message.content, message.id)
        for message in messages
    ]


def test_appends_and_replaces(kind: MessageKind) -> None:
    merged = add_messages([user("a", "1"), user("b", "2")], [user("c", "1"), user("d", "3")])
    assert told(merged) == [("user", "c", "1"), ("user", "b", "2"), ("user", "d", "3")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("hi", [("user", "hi")]),
        (("human", "hi"), [("user", "hi")]),
        ([("ai", "a"), ("assistant", "b"), ("system", "c")], [("assistant", "a"), ("assistant", "b"), ("system", "c")]),
        ({"type": "human", "content": "typed"}, [("user", "typed")]),
        (["a", user("b")], [("user", "a"), ("user", "b")]),
    ],
)
def test_coerces(kind: MessageKind, given: Any, expected: list[tuple[str, str]]) -> None:
    merged = add_messages([], given)
    assert [(role, content) for role, content, _ in told(merged)] == expected
    ids = [of for _, _, of in told(merged)]
    assert len(set(ids)) == len(ids)
    assert all(len(of) == 36 for of in ids)


def test_removes(kind: MessageKind) -> None:
    three = [user("a", "1"), user("b", "2"), user("c", "3")]
    assert told(add_messages(three, [remove_message("2")])) == [("user", "a", "1"), ("user", "c", "3")]
    assert told(add_messages(three, [remove_message(REMOVE_ALL_MESSAGES), user("n", "4")])) == [("user", "n", "4")]
    with pytest.raises(ValueError, match=r"'nobody'.*not there; the ids are '1', '2', '3'"):
        add_messages(three, [remove_message("nobody")])
    with pytest.raises(ValueError, match="there are no messages"):
        add_messages([], [remove_message("nobody")])


def test_leaves_what_it_is_given(kind: MessageKind) -> None:
    left, right = [user("a", "1")], [user("b"), user("c", "1")]
    add_messages(left, right)
    assert left == [user("a", "1")]
    assert right == [user("b"), user("c", "1")]


def test_refuses_what_is_no_message(kind: MessageKind) -> None:
    for bad in (3, [object()], {"role": "user"}, [{"content": "x"}]):
        with pytest.raises((NotImplementedError, ValueError)):
            add_messages([], bad)
    with pytest.raises(ValueError, match="'left'"):
        add_messages([], None)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match=r"format='x'.*langchain-openai"):
        add_messages([], [], format="x")


def test_the_text_for_a_long_list_stays_short(kind: MessageKind) -> None:
    many = [user("x", f"id-{n}") for n in range(1000)]
    with pytest.raises(ValueError) as raised:
        add_messages(many, [remove_message("none")])
    assert len(str(raised.value)) < 200


@given(st.lists(st.tuples(st.sampled_from(["put", "put", "remove", "clear"]), st.sampled_from("abcd")), max_size=12))
def test_both_kinds_do_the_same(steps: list[tuple[str, str]]) -> None:
    results = []
    for used in (message_kind(), DictMessages()):
        state: list[Any] = []
        for step, of in steps:
            known = of in [one[2] for one in told(state)]
            if step == "put":
                write: Any = user(f"{len(state)}", of)
            elif step == "remove" and known:
                write = [user("extra", "e"), remove_message(of)]
            else:
                write = [remove_message(REMOVE_ALL_MESSAGES), user("last", of)]
            state = module._merged(used, used.coerce(state), used.coerce(write))
        results.append(told(state))
    assert results[0] == results[1]


def test_format_keeps_ids_and_what_openai_has_no_place_for() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "12"}}
    message = langchain.HumanMessage([image], id="1", name="ann", additional_kwargs={"seen": True})
    answer = langchain.AIMessage("x", id="2", usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3})
    failed = langchain.ToolMessage("no", tool_call_id="c", id="3", status="error", artifact=[1])
    found = add_messages([], [message, answer, failed], format="langchain-openai")
    assert found[0].content == [{"type": "image_url", "image_url": {"url": "data:image/png;base64,12"}}]
    assert (found[0].id, found[0].name, found[0].additional_kwargs) == ("1", "ann", {"seen": True})
    assert found[1:] == [answer, failed]


def test_ids_are_given_in_place_to_objects() -> None:
    message = langchain.HumanMessage("x")
    (merged,) = add_messages([], message)
    assert merged is message
    assert message.id is not None


def test_options_are_checked_when_it_runs() -> None:
    with pytest.raises(TypeError, match=r"add_messages\(\).*'colour'"):
        add_messages(colour="red")([], [])  # type: ignore[call-overload]


def test_push_message_needs_one_message_with_an_id() -> None:
    with pytest.raises(RuntimeError, match="push_message"):
        push_message(langchain.AIMessage("x", id="1"))

    def node(state: Any) -> None:
        push_message([langchain.AIMessage("x", id="1")])

    app = StateGraph(MessagesState).add_node(node).add_edge(START, "node").compile()
    with pytest.raises(NotImplementedError, match="one message"):
        app.invoke({"messages": []})


def test_names_are_made_late_and_unknown_ones_raise() -> None:
    import actograph.graph

    assert actograph.graph.MessagesState is module.MessagesState
    assert module.RemoveMessage is langchain.RemoveMessage
    for place in (actograph.graph, module):
        with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
            place.Nonsense  # noqa: B018


def test_declaring_the_reducer_makes_stored_messages_readable() -> None:
    """Nothing may be imported while a checkpoint is read, so it happens when the state is declared."""
    code = """
import sys
from typing import Annotated, TypedDict
from actograph.graph import StateGraph, add_messages
State = TypedDict("State", {"messages": Annotated[list, add_messages]})
assert "langchain_core" not in sys.modules
StateGraph(State)
assert "langchain_core.messages.human" in sys.modules and "langchain_core.messages.modifier" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)


WITHOUT_LANGCHAIN = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("langchain_core", "pydantic"):
            raise ImportError(name)

sys.meta_path.insert(0, Block())
from actograph.checkpoint.sqlite import SqliteSaver
from actograph.graph import START, MessagesState, StateGraph, add_messages
from actograph.graph.message import REMOVE_ALL_MESSAGES, RemoveMessage, push_message

class State(MessagesState):
    turns: int

def node(state):
    push_message({"role": "ai", "content": "pushed", "id": "p"})
    return {"messages": [("ai", state["messages"][0]["content"].upper()), {"role": "tool", "content": "r", "tool_call_id": "3"}]}

with SqliteSaver.from_conn_string(":memory:") as saver:
    app = StateGraph(State).add_node(node).add_edge(START, "node").compile(checkpointer=saver)
    config = {"configurable": {"thread_id": "1"}}
    app.invoke({"messages": "hi", "turns": 1}, config)
    stored = app.get_state(config).values["messages"]
    assert [one["content"] for one in stored] == ["hi", "pushed", "HI", "r"], stored
    assert [one["role"] for one in stored] == ["user", "assistant", "assistant", "tool"]
    assert all(type(one) is dict for one in stored)
    app.update_state(config, {"messages": [RemoveMessage(id=stored[0]["id"])]})
    assert len(app.get_state(config).values["messages"]) == 3
    app.update_state(config, {"messages": [RemoveMessage(REMOVE_ALL_MESSAGES), {"role": "user", "content": "new", "id": "n"}]})
    assert app.get_state(config).values["messages"] == [{"role": "user", "content": "new", "id": "n"}]
try:
    add_messages([], ["x"], format="langchain-openai")
except ImportError as error:
    assert "actograph[langchain]" in str(error)
else:
    raise AssertionError("format needs langchain")
assert "pydantic" not in sys.modules
"""


def test_without_langchain_messages_are_dicts() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_LANGCHAIN], check=True, timeout=50)


def test_a_reducer_of_ones_own_around_it() -> None:
    def newest(left: list[Any], right: Any) -> list[Any]:
        return add_messages(left, right)[-2:]

    class State(TypedDict):
        messages: Annotated[list[Any], newest]

    app = StateGraph(State).add_node("node", lambda _: {"messages": ["b", "c"]}).add_edge(START, "node").compile()
    assert [one.content for one in app.invoke({"messages": ["a"]})["messages"]] == ["b", "c"]


def test_an_error_of_the_reducer_tells_who_wrote() -> None:
    app = (
        StateGraph(MessagesState).add_node("cut", lambda _: {"messages": [remove_message("zz")]}).add_edge(START, "cut")
    )
    with pytest.raises(ValueError, match="'zz'") as raised:
        app.compile().invoke({"messages": ["x"]})
    assert raised.value.__notes__ == [
        "Raised by the reducer of key 'messages', for what node 'cut' wrote in superstep 1"
    ]
    with pytest.raises(NotImplementedError) as refused:
        app.compile().invoke({"messages": 3})
    assert "the input wrote in superstep 0" in refused.value.__notes__[0]
