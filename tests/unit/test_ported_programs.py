"""What programs that are ported meet: notes on errors of a node's input, and old import places."""

from __future__ import annotations

from typing import TypedDict

import pytest

from actograph import constants
from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph
from actograph.types import Interrupt, Send

pydantic = pytest.importorskip("pydantic")


class State(TypedDict, total=False):
    n: int


def compiled(**options):
    builder = StateGraph(State).add_node("node", lambda state: None)
    builder.add_edge(START, "node")
    return builder.compile(**options)


def test_an_input_that_a_model_refuses_names_the_node_and_the_superstep():
    class Model(pydantic.BaseModel):
        n: int

    builder = StateGraph(Model).add_node("first", lambda state: {"n": "text"}).add_node("second", lambda state: None)
    builder.add_edge(START, "first").add_edge("first", "second")
    with pytest.raises(pydantic.ValidationError) as caught:
        builder.compile().invoke({"n": 1})
    assert any("'second'" in note and "superstep 2" in note for note in caught.value.__notes__)


def test_send_and_interrupt_are_found_in_their_old_place_with_a_warning():
    with pytest.warns(DeprecationWarning, match="actograph.types"):
        assert constants.Send is Send
    with pytest.warns(DeprecationWarning, match="actograph.types"):
        assert constants.Interrupt is Interrupt
    with pytest.raises(AttributeError, match="Other"):
        _ = constants.Other


def test_a_class_of_savers_is_told_from_a_saver():
    with pytest.raises(TypeError, match=r"InMemorySaver\(\)"):
        compiled(checkpointer=InMemorySaver)


def test_a_stream_mode_that_is_no_mode_is_named():
    with pytest.raises(TypeError, match="stream_mode must be a mode or a list of modes, not 5"):
        list(compiled().stream({"n": 1}, stream_mode=5))
