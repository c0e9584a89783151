"""The harness itself: what it must tell apart, and what it must not."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from .differences import read_differences
from .harness import Observed, compare
from .normalise import plain
from .recorder import Recorder


def observed(root: str, *values: object) -> Observed:
    return Observed(root, [(f"label {index}", plain(value)) for index, value in enumerate(values)])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((1, 2), [1, 2]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (1, True),
        (1, 1.0),
        ("1", 1),
        ({1}, [1]),
        (ValueError("x"), TypeError("x")),
        ({"a": None}, {}),
    ],
)
def test_different_values_are_told_apart(left: object, right: object) -> None:
    assert compare(observed("langgraph", left), observed("actograph", right))
    assert not compare(observed("langgraph", left), observed("actograph", left))


def test_ids_are_compared_by_which_are_equal() -> None:
    one, two, three, four = (str(uuid.uuid4()) for _ in range(4))
    assert not compare(observed("langgraph", [one, two, one]), observed("actograph", [three, four, three]))
    assert compare(observed("langgraph", [one, two, one]), observed("actograph", [three, four, four]))
    assert not compare(observed("langgraph", f"node:{one}"), observed("actograph", f"node:{two}"))


def test_configs_have_no_order_and_no_internals() -> None:
    left = {"configurable": {"thread_id": "1", "checkpoint_ns": ""}, "tags": []}
    right = {"tags": [], "configurable": {"checkpoint_ns": "", "__pregel_x": object, "thread_id": "1"}}
    assert not compare(observed("langgraph", left), observed("actograph", right))


def test_labels_have_to_agree() -> None:
    assert compare(observed("langgraph", 1, 2), observed("actograph", 1))


def test_an_allowed_difference_must_exist() -> None:
    allowed = frozenset({"label 0"})
    assert not compare(observed("langgraph", 1, 5), observed("actograph", 2, 5), allowed)
    assert compare(observed("langgraph", 1, 5), observed("actograph", 1, 5), allowed)
    assert compare(observed("langgraph", 1, 5), observed("actograph", 2, 6), allowed)
    assert compare(observed("langgraph", 1), observed("actograph", 2), frozenset({"no such label"}))


def chunks_of(tmp_path: Path, chunks: list[object], *parallel: set[str]) -> object:
    recorder = Recorder("actograph", tmp_path)
    recorder.chunks("chunks", chunks, parallel)
    return recorder.entries[0][1]


def test_parallel_tasks_may_interleave_but_keep_their_own_order(tmp_path: Path) -> None:
    one = [
        ("custom", "a:1"),
        ("custom", "b:1"),
        ("custom", "a:2"),
        ("updates", {"a": 1}),
        ("updates", {"b": 1}),
        ("values", {}),
    ]
    two = [
        ("custom", "b:1"),
        ("updates", {"b": 1}),
        ("custom", "a:1"),
        ("custom", "a:2"),
        ("updates", {"a": 1}),
        ("values", {}),
    ]
    swapped = [("custom", "a:2"), ("custom", "a:1"), *two[:2], two[4], two[5]]
    late = [*two[:4], ("values", {}), ("updates", {"a": 1})]
    together = {"a", "b"}
    assert chunks_of(tmp_path, one, together) == chunks_of(tmp_path, two, together)
    assert chunks_of(tmp_path, one, together) != chunks_of(tmp_path, swapped, together)
    assert chunks_of(tmp_path, one, together) != chunks_of(tmp_path, late, together)
    assert chunks_of(tmp_path, one) != chunks_of(tmp_path, two)


def test_sends_of_one_node_are_a_multiset(tmp_path: Path) -> None:
    one: list[object] = [{"w": 1}, {"w": 2}]
    assert chunks_of(tmp_path, one, {"w"}) == chunks_of(tmp_path, one[::-1], {"w"})
    assert chunks_of(tmp_path, one, {"w"}) != chunks_of(tmp_path, [{"w": 1}, {"w": 1}], {"w"})
    assert chunks_of(tmp_path, one) != chunks_of(tmp_path, one[::-1])


def test_an_error_has_to_be_raised_and_to_name_its_culprit(tmp_path: Path) -> None:
    recorder = Recorder("actograph", tmp_path)
    with recorder.raises("named", culprit=["total"]):
        raise ValueError("key 'total' has two writers")
    assert not recorder.problems
    with recorder.raises("not named", culprit=["total"]):
        raise ValueError("something is wrong")
    assert recorder.problems
    with pytest.raises(AssertionError), recorder.raises("nothing"):
        pass


def test_a_label_is_used_once(tmp_path: Path) -> None:
    recorder = Recorder("actograph", tmp_path)
    recorder.record("same", 1)
    with pytest.raises(ValueError, match="same"):
        recorder.record("same", 1)


def test_unknown_objects_are_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        plain(object())


def test_the_page_of_differences_is_read_strictly(tmp_path: Path) -> None:
    page = tmp_path / "differences.md"
    head = "| Id | Program | Label | LangGraph | Actograph | Decision |\n|---|---|---|---|---|---|\n"
    page.write_text(head + "| one | `program` | `label: x` | this | that | [1](decisions/1.md) |\n")
    assert [(row.program, row.label) for row in read_differences(page)] == [("program", "label: x")]
    page.write_text(head + "| one | `program` | `label` | this | that | |\n")
    with pytest.raises(ValueError, match="line 3"):
        read_differences(page)
