"""The types of a stream's chunks, and values that come with them."""

from __future__ import annotations

import typing
import warnings

import pytest

from actograph import types


@pytest.mark.parametrize(
    "name", [name for name in types.__all__ if name.endswith(("StreamPart", "Payload", "CheckpointTask"))]
)
def test_the_type_of_a_chunk_can_be_resolved(name: str) -> None:
    found = getattr(types, name)
    for member in typing.get_args(found) or (found,):
        origin = typing.get_origin(member) or member
        hints = typing.get_type_hints(origin)
        assert hints
        assert hints.keys() == origin.__annotations__.keys()


def test_a_stream_part_is_given_the_types_of_state_and_output() -> None:
    made = types.StreamPart[int, str]
    assert types.CheckpointStreamPart[int] in typing.get_args(made)
    assert types.ValuesStreamPart[str] in typing.get_args(made)


def test_a_graph_output_reads_as_the_dict_it_replaces() -> None:
    question = types.Interrupt("?", "id")
    output = types.GraphOutput({"x": 1}, (question,))
    with pytest.warns(DeprecationWarning, match=r"use output\.value, or output\.interrupts") as caught:
        assert output["x"] == 1
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert output["__interrupt__"] == (question,)
        assert "x" in output
        assert "__interrupt__" in output
        assert "y" not in output
        with pytest.raises(KeyError):
            output["y"]


def test_an_interrupt_of_an_older_program_is_named_after_its_namespace() -> None:
    old = types.Interrupt("?", ns=["node:1"], resumable=True, when="during")
    assert old.id == types.Interrupt.from_ns("?", "node:1").id
    assert types.Interrupt("?", resumable=True).id == "placeholder-id"
