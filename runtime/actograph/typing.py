"""Type variables of graphs: their state, context, input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import TypeVar
else:
    # Defaults of type variables came with Python 3.13; at run time nobody needs them.
    from typing import TypeVar as _TypeVar

    def TypeVar(name, *, default=None, **options):
        return _TypeVar(name, **options)


__all__ = ("ContextT", "InputT", "OutputT", "StateT", "StateT_co", "StateT_contra")

StateT = TypeVar("StateT")
"""A graph's state: a TypedDict, dataclass or Pydantic model."""
StateT_co = TypeVar("StateT_co", covariant=True)
"""A state that is only read from."""
StateT_contra = TypeVar("StateT_contra", contravariant=True)
"""A state that is only passed on to."""
ContextT = TypeVar("ContextT", default=None)
"""What a run is given as `context`."""
InputT = TypeVar("InputT", default=StateT)
"""What a graph is called with; the state unless `input_schema` says otherwise."""
OutputT = TypeVar("OutputT", default=StateT)
"""What a graph returns; the state unless `output_schema` says otherwise."""
