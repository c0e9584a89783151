"""The savers beside LangGraph's: the same calls, the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver as TheirMemory
from langgraph.checkpoint.sqlite import SqliteSaver as TheirSqlite

from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite import SqliteSaver
from tests.storage.sqlite_kit import checkpoint, config

Call = Callable[[Any], Any]


def plain(found: Any) -> Any:
    """A result as plain data. Their checkpoints list `channel_values` elsewhere; dicts do not care."""
    if isinstance(found, tuple) and hasattr(found, "_asdict"):
        return {key: plain(value) for key, value in found._asdict().items()}
    return found


def ids(*args: Any, **kwargs: Any) -> Call:
    def call(saver: Any) -> Any:
        return [
            (c["thread_id"], c["checkpoint_ns"], c["checkpoint_id"])
            for c in (found.config["configurable"] for found in saver.list(*args, **kwargs))
        ]

    return call


def fill(saver: Any) -> list[Any]:
    put = saver.put
    return [
        put(
            config("a"),
            checkpoint("01", {"x": 1}, {"x": 1}),
            {"source": "input", "step": -1, "writes": {"x": 1}},
            {"x": 1},
        ),
        put(
            config("a", "01"),
            checkpoint("02", {"x": 1, "y": [1, {"z": "é"}]}, {"x": 1, "y": 2}, updated_channels=["y"]),
            {"source": "loop", "step": 0, "nested": {"k": "v"}, "flag": True, "f": 1.5, "list": [1], "none": None},
            {"y": 2},
        ),
        put(config("a", "02"), checkpoint("03", {"x": 1}, {"x": 1, "y": 3}), {"source": "loop", "step": 1}, {"y": 3}),
        put(config("a", ns="sub:1"), checkpoint("04", {"z": 1}, {"z": 1}), {"source": "input", "step": -1}, {"z": 1}),
        put(config("b"), checkpoint("05", {}, {}, updated_channels=None), {"source": "fork", "step": 3}, {}),
        put(
            {**config("b", "05"), "metadata": {"user": "u", "deep": {"no": 1}}},
            checkpoint("06", {"x": {1, 2}}, {"x": 9}),
            {"source": "update", "step": 4, "run_id": "r"},
            {"x": 9},
        ),
        put(
            {
                "configurable": {
                    "thread_id": "b",
                    "checkpoint_ns": "",
                    "checkpoint_id": "06",
                    "__hidden": 1,
                    "shown": "s",
                }
            },
            checkpoint("07", {"x": {1, 2}}, {"x": 9}, versions_seen={"n": {"x": 9}}),
            {"source": "update", "step": 5},
            {},
        ),
        saver.put_writes(config("a", "03"), [("x", 1), ("y", 2)], "task-b", "p2"),
        saver.put_writes(config("a", "03"), [("x", 5), ("z", 6), ("w", 7)], "task-b", "p2"),
        saver.put_writes(config("a", "03"), [("x", 1)], "task-a", "p9"),
        saver.put_writes(config("a", "03"), [("__interrupt__", "first")], "task-a", "p9"),
        saver.put_writes(config("a", "03"), [("__interrupt__", "second")], "task-a", "p9"),
        saver.put_writes(config("a", "03"), [("__error__", "e")], "task-c", "p1"),
        saver.put_writes(config("a", "03"), [("__resume__", [1])], "task-c", "p1"),
        saver.put_writes(config("a", "03"), [("__resume__", [1, 2])], "task-c", "p1"),
        saver.put_writes(config("a", "03"), [("tail", 1)], "task-0"),
        saver.put_writes(config("a", "99"), [("x", 1)], "task-a"),
    ]


CALLS: dict[str, Call] = {
    "newest": lambda s: s.get_tuple(config("a")),
    "newest without namespace": lambda s: s.get_tuple(config("a", ns=None)),
    "by id": lambda s: s.get_tuple(config("a", "02")),
    "by id, with more in the config": lambda s: s.get_tuple(
        {"configurable": {**config("a", "02")["configurable"], "more": 1}, "metadata": {"m": 1}}
    ),
    "unknown id": lambda s: s.get_tuple(config("a", "98")),
    "unknown thread": lambda s: s.get_tuple(config("nobody")),
    "unknown namespace": lambda s: s.get_tuple(config("a", ns="nowhere")),
    "namespace": lambda s: s.get_tuple(config("a", ns="sub:1")),
    "metadata from the config": lambda s: s.get_tuple(config("b", "06")),
    "seen": lambda s: s.get_tuple(config("b")),
    "without values": lambda s: s.get_tuple(config("b", "05")),
    "get": lambda s: s.get(config("a")),
    "list of a thread": ids(config("a"), limit=None),
    "list of all namespaces": lambda s: sorted(ids(config("a", ns=None))(s)),
    "list of everything": lambda s: sorted(ids(None)(s)),
    "list of an id": ids(config("a", "02")),
    "list before": ids(config("a"), before=config("a", "03")),
    "list before, limited": ids(config("a"), before=config("a", "03"), limit=1),
    "list limited": ids(config("a"), limit=2),
    "list none": ids(config("a"), limit=0),
    "list in full": lambda s: [plain(found) for found in s.list(config("a"))],
    "filter text": ids(config("a"), filter={"source": "loop"}),
    "filter number": ids(config("a"), filter={"step": 0}),
    "filter number as a float": ids(config("a"), filter={"step": 0.0}),
    "filter number as text": ids(config("a"), filter={"step": "0"}),
    "filter dict": ids(config("a"), filter={"nested": {"k": "v"}}),
    "filter list": ids(config("a"), filter={"list": [1]}),
    "filter true": ids(config("a"), filter={"flag": True}),
    "filter float": ids(config("a"), filter={"f": 1.5}),
    "filter two": ids(config("a"), filter={"source": "loop", "step": 1}),
    "filter missing": ids(config("a"), filter={"missing": "x"}),
    "filter None": ids(config("a"), filter={"missing": None}),
    "filter none": ids(config("a"), filter={}),
    "filter and limit": ids(config("a"), filter={"source": "loop"}, limit=1),
}


@pytest.fixture(scope="module")
def savers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with ExitStack() as stack:
        path: Path = tmp_path_factory.mktemp("parity") / "ours.db"
        made = {
            "theirs sqlite": stack.enter_context(TheirSqlite.from_conn_string(":memory:")),
            "theirs memory": TheirMemory(),
            "sqlite": stack.enter_context(SqliteSaver.from_conn_string(path)),
            "sqlite memory": stack.enter_context(SqliteSaver.from_conn_string(":memory:")),
            "memory": InMemorySaver(),
        }
        results = {name: fill(saver) for name, saver in made.items()}
        assert results["sqlite"] == results["sqlite memory"] == results["theirs sqlite"]
        assert results["memory"] == results["theirs memory"]
        yield made


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("mine", "theirs"), [("sqlite", "sqlite"), ("sqlite memory", "sqlite"), ("memory", "memory")])
def test_same_calls_same_results(savers: dict[str, Any], call: str, mine: str, theirs: str) -> None:
    assert plain(CALLS[call](savers[mine])) == plain(CALLS[call](savers[f"theirs {theirs}"]))


@pytest.mark.parametrize("name", ["sqlite", "memory"])
def test_missing_ids_are_key_errors_that_name_them(savers: dict[str, Any], name: str) -> None:
    saver = savers[name]
    for bad in ({"configurable": {}}, {"configurable": {"checkpoint_ns": ""}}):
        with pytest.raises(KeyError, match="thread_id"):
            saver.get_tuple(bad)
        with pytest.raises(KeyError, match="thread_id"):
            saver.put(bad, checkpoint("1", {}, {}), {}, {})
        with pytest.raises(KeyError, match="thread_id"):
            list(saver.list(bad))
    with pytest.raises(KeyError, match="configurable"):
        saver.get_tuple({})
    with pytest.raises(KeyError, match="checkpoint_id"):
        saver.put_writes(config("a"), [("x", 1)], "task")


@pytest.mark.parametrize("name", ["sqlite", "memory"])
@pytest.mark.parametrize("thread_id", ["a\0b", "\ud800", 1.5, True, b"x", None])
def test_thread_ids_that_cannot_be_ids(savers: dict[str, Any], name: str, thread_id: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="thread_id"):
        savers[name].get_tuple(config(thread_id))


def test_filter_keys_are_bound_and_not_run(savers: dict[str, Any]) -> None:
    saver = savers["sqlite"]
    for key in ("a b", "a'b", "$.x", "x') OR 1=1 --", "step]"):
        assert ids(config("a"), filter={key: 1})(saver) == []
    for key in ('a"b', "", "a..b", "a\\b"):
        with pytest.raises(ValueError, match="filter key"):
            ids(config("a"), filter={key: 1})(saver)
    assert ids(config("a"), filter={"nested.k": "v"})(saver) == [("a", "", "02")]
    assert ids(config("a"), filter={"source": "x' OR '1'='1"})(saver) == []


@pytest.mark.parametrize("name", ["sqlite", "sqlite memory", "memory"])
def test_int_and_text_name_the_same_thread(savers: dict[str, Any], name: str) -> None:
    saver = savers[name]
    returned = saver.put(config(77), checkpoint("01", {"x": 1}, {"x": 1}), {}, {"x": 1})
    assert returned["configurable"]["thread_id"] == 77
    assert saver.get_tuple(config("77")).checkpoint == saver.get_tuple(config(77)).checkpoint
    saver.delete_thread("77")
    assert saver.get_tuple(config(77)) is None


@pytest.mark.parametrize("name", ["sqlite", "sqlite memory", "memory", "theirs sqlite", "theirs memory"])
def test_put_replaces_and_delete_deletes_one_thread(savers: dict[str, Any], name: str) -> None:
    saver = savers[name]
    saver.put(config("gone"), checkpoint("01", {"x": 1}, {"x": 1}), {"step": 1}, {"x": 1})
    saver.put(config("gone", "01"), checkpoint("02", {"x": 1, "y": "a" * 300}, {"x": 1, "y": 2}), {"step": 2}, {"y": 2})
    saver.put(config("gone"), checkpoint("01", {"x": 7}, {"x": 5}), {"step": 3}, {"x": 5})
    replaced = saver.get_tuple(config("gone", "01"))
    assert (replaced.checkpoint["channel_values"], replaced.metadata) == ({"x": 7}, {"step": 3})
    # The child, whose state may be stored as the difference to the one replaced, is what it was.
    child = saver.get_tuple(config("gone", "02"))
    assert child.checkpoint["channel_values"] == {"x": 1, "y": "a" * 300}
    assert child.checkpoint["channel_versions"] == {"x": 1, "y": 2}
    saver.put(config("stays"), checkpoint("01", {"x": 1}, {"x": 1}), {"step": 1}, {"x": 1})
    saver.put_writes(config("gone", "02"), [("x", 1)], "task")
    saver.delete_thread("gone")
    assert saver.get_tuple(config("gone")) is None
    assert list(saver.list(config("gone"))) == []
    assert saver.get_tuple(config("stays")) is not None
    saver.delete_thread("stays")


@pytest.mark.parametrize("name", ["sqlite", "sqlite memory", "memory"])
def test_equal_versions_of_different_values_do_not_mix(savers: dict[str, Any], name: str) -> None:
    """Savers by hand often count versions from 1 in every fork; each checkpoint keeps its own values."""
    saver = savers[name]
    big = {"text": "x" * 500}
    saver.put(config("forks"), checkpoint("01", {"x": [1], "b": big}, {"x": 1, "b": 1}), {}, {"x": 1, "b": 1})
    saver.put(
        config("forks", "01"), checkpoint("02", {"x": [1, "left" * 50], "b": big}, {"x": 2, "b": 1}), {}, {"x": 2}
    )
    saver.put(
        config("forks", "01"), checkpoint("03", {"x": [1, "right" * 50], "b": big}, {"x": 2, "b": 1}), {}, {"x": 2}
    )
    assert saver.get_tuple(config("forks", "02")).checkpoint["channel_values"] == {"x": [1, "left" * 50], "b": big}
    assert saver.get_tuple(config("forks", "03")).checkpoint["channel_values"] == {"x": [1, "right" * 50], "b": big}
    saver.delete_thread("forks")


@pytest.mark.parametrize("name", ["sqlite", "memory"])
def test_versions_grow_and_differ_between_forks(savers: dict[str, Any], name: str) -> None:
    saver = savers[name]
    version = None
    for _ in range(50):
        left, right = saver.get_next_version(version, None), saver.get_next_version(version, None)
        assert left != right
        assert version is None or min(left, right) > version
        version = max(left, right)
    assert saver.get_next_version(5, None) > 5
    text = saver.get_next_version("00000000000000000000000000000003.0.5", None)
    assert isinstance(text, str)
    assert text > "00000000000000000000000000000003.0.5"
