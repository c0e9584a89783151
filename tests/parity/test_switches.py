"""A parity program asserts its own row: with the feature of the row switched off, it fails.

The rows are a tenth of those that are built, drawn once at random (`random.Random(2026).sample` over the sorted rows).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from actograph import errors
from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite import SqliteSaver
from actograph.engine import boot, superstep, update
from actograph.engine.recorder import Recorder
from actograph.engine.task import Task
from actograph.graph import state
from actograph.graph.writes import Writer
from actograph.pregel.drawing.graph import Edge, Graph
from actograph.stream.transformers import UpdatesTransformer

from .harness import OWN_ROOT, REFERENCE_ROOT, compare, run_program
from .rows import listed_rows, rows_of

Switch = Callable[[], Any]


def without(owner: Any, name: str, instead: Any) -> Switch:
    """Replaces an attribute while the program runs."""
    return lambda: patch.object(owner, name, instead)


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _no_update(self: Any, launch: Any, *rest: Any, **more: Any) -> Any:
    raise errors.InvalidUpdateError("an empty thread cannot be updated")


def _unlisted(self: Writer, writes: Any, result: Any) -> None:
    raise self.refusal(result)


class _Durability:
    """Every run is stored in one way."""

    def __get__(self, *_: Any) -> str:
        return "async"

    def __set__(self, *_: Any) -> None:
        """What was asked for does not count."""


def _bare_list(listed: Any) -> Any:
    def read(self: Any, *given: Any, **options: Any) -> Any:
        for found in listed(self, *given, **options):
            yield found._replace(checkpoint={**found.checkpoint, "updated_channels": None})

    return read


SWITCHES: dict[str, tuple[str, Switch]] = {
    "errors: Classes": ("errors_classes", without(errors, "GraphRecursionError", type("Other", (Exception,), {}))),
    "persist: Savers": ("persist_sqlite_file", without(SqliteSaver, "open_journal", InMemorySaver.open_journal)),
    "travel: Special as_node": ("travel_special_as_node", without(update, "END", "nowhere")),
    "draw: Drawing": ("draw_xray", without(Graph, "extend", lambda *_, **__: (None, None))),
    "hitl: Resume map": ("hitl_parallel_partial_map", without(boot, "_is_interrupt_id", lambda key: False)),
    "stream: custom": ("stream_custom", without(Task, "emit", _nothing)),
    "travel: Empty thread": ("travel_empty_thread", without(update, "_last_writer", _no_update)),
    "stream: stream_events": ("stream_events_projections", without(UpdatesTransformer, "process", lambda *_: True)),
    "hitl: Static breakpoints": ("hitl_static_before", without(superstep, "_breaks", lambda *_: False)),
    "build: Add node": ("build_add_node_forms", without(state, "name_of", lambda target: "node")),
    "control: List of commands": ("control_command_list", without(Writer, "add", _unlisted)),
    "durability: Modes": ("durability_modes", without(Recorder, "durability", _Durability())),
    "persist: Checkpoint content": (
        "persist_checkpoint_content",
        without(InMemorySaver, "list", _bare_list(InMemorySaver.list)),
    ),
    "draw: Conditional edges": (
        "draw_conditional_edges",
        without(
            Edge,
            "__init__",
            lambda self, source, target, data=None, conditional=False: _plain_edge(self, source, target),
        ),
    ),
}


def _plain_edge(edge: Any, source: str, target: str) -> None:
    for name, value in (("source", source), ("target", target), ("data", None), ("conditional", False)):
        object.__setattr__(edge, name, value)


@pytest.mark.parametrize("row", SWITCHES)
def test_the_program_of_a_row_fails_without_its_feature(row: str) -> None:
    program, switch = SWITCHES[row]
    assert row in {str(covered) for covered in rows_of(program)}
    assert any(str(listed) == row for listed in listed_rows())
    expected = run_program(program, REFERENCE_ROOT)
    with switch():
        try:
            report = compare(expected, run_program(program, OWN_ROOT))
        except Exception as error:
            report = [f"the program fails: {type(error).__name__}"]
    assert report, f"{program} does not notice that {row!r} is switched off"
