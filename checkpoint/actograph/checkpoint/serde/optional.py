"""Types of optional libraries: NumPy arrays and scalars, LangChain messages. Used only where the program has loaded the library."""

from __future__ import annotations

import math
import sys
from typing import Any, Final

from actograph.checkpoint.serde.registry import TypeSpec, type_name
from actograph.checkpoint.serde.shapes import data_shape, is_pydantic

__all__ = ("find_loaded", "langchain_spec", "numpy_by_name", "numpy_spec")

_NUMPY: Final = "numpy:"
# Rooms of langchain_core that hold data and nothing that acts.
_LANGCHAIN: Final = frozenset({"messages", "documents", "outputs", "prompt_values", "agents"})
_DIMENSIONS: Final = 64


def find_loaded(name: str) -> type | None:
    """The class `module:qualname` of a module that is loaded, without importing or computing anything; None when there is none."""
    module_name, _, qualname = name.partition(":")
    module = sys.modules.get(module_name)
    if module is None or not qualname:
        return None
    found: Any = module
    for part in qualname.split("."):
        # `vars`, because `getattr` may run a module's or a metaclass's own lookup.
        found = vars(found).get(part) if hasattr(type(found), "__dict__") and hasattr(found, "__dict__") else None
        if found is None:
            return None
    return found if isinstance(found, type) and type_name(found) == name else None


def langchain_spec(cls: type) -> TypeSpec | None:
    """How a message, document or other data model of langchain_core is stored; None for other classes."""
    root, _, room = cls.__module__.partition(".")
    if root != "langchain_core" or room.partition(".")[0] not in _LANGCHAIN or not is_pydantic(cls):
        return None
    shape = data_shape(cls)
    return None if shape is None else TypeSpec(type_name(cls), cls, *shape)


def numpy_spec(cls: type) -> TypeSpec | None:
    """How a NumPy array or scalar is stored; None for other classes, subclasses of arrays included."""
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or not cls.__module__.startswith("numpy"):
        return None
    if cls is numpy.ndarray:
        return TypeSpec(f"{_NUMPY}array", cls, _encode_array, _decode_array)
    if cls is numpy.dtype or (issubclass(cls, numpy.dtype)):
        return TypeSpec(f"{_NUMPY}dtype", cls, _encode_dtype, _decode_dtype)
    if issubclass(cls, numpy.generic):
        return TypeSpec(f"{_NUMPY}scalar", cls, _encode_scalar, _decode_scalar)
    return None


def numpy_by_name(name: str) -> TypeSpec | None:
    """What a name that begins with `numpy:` means, in a program that has loaded NumPy."""
    numpy: Any = sys.modules.get("numpy")
    if numpy is None:
        return None
    cls: Any = {"array": numpy.ndarray, "dtype": numpy.dtype, "scalar": numpy.generic}.get(name.removeprefix(_NUMPY))
    if cls is numpy.generic:
        return TypeSpec(name, cls, _encode_scalar, _decode_scalar)
    return None if cls is None else numpy_spec(cls)


def _encode_dtype(dtype: Any) -> Any:
    if dtype.hasobject:
        raise ValueError(f"dtype {dtype} holds Python objects; convert it to a list first")
    if dtype.metadata is not None or dtype.isalignedstruct:
        raise ValueError(f"dtype {dtype} has metadata or is aligned, which is not kept; make it a plain one first")
    state = dtype.str if dtype.names is None else dtype.descr
    if sys.modules["numpy"].dtype(state) != dtype:
        raise ValueError(f"dtype {dtype} has gaps between its fields, which are not kept; make it a plain one first")
    return state


def _decode_dtype(state: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    if type(state) is list:
        state = [_dtype_field(field) for field in state]
    elif type(state) is not str or len(state) > 64:
        raise ValueError("a dtype is stored as short text or as a list of fields")
    dtype = numpy.dtype(state)
    if dtype.hasobject:
        raise ValueError("a stored dtype holds no Python objects")
    return dtype


def _dtype_field(field: Any) -> tuple[Any, ...]:
    if type(field) is not tuple or len(field) not in (2, 3):
        raise ValueError("a field of a dtype is a tuple of name, type and shape")
    inner = _decode_dtype(field[1])
    shape = field[2:] if len(field) == 3 else ()
    for size in shape:
        _check_shape(size)
    return (field[0], inner, *shape)


def _check_shape(shape: Any) -> int:
    """The number of items of an array of this shape."""
    if type(shape) not in (tuple, list) or len(shape) > _DIMENSIONS:
        raise ValueError("the shape of an array is a short list of numbers")
    if not all(type(size) is int and 0 <= size < 1 << 62 for size in shape):
        raise ValueError("the sizes of an array are not negative")
    return math.prod(shape)


def _encode_array(value: Any) -> list[Any]:
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    return [_encode_dtype(value.dtype), list(value.shape), order, value.tobytes(order)]


def _decode_array(state: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    if type(state) is not list or len(state) != 4:
        raise ValueError("an array is stored as a list of four parts")
    dtype, shape, order, data = _decode_dtype(state[0]), state[1], state[2], state[3]
    count = _check_shape(shape)
    if type(data) is not bytes or order not in ("C", "F") or len(data) != count * dtype.itemsize:
        raise ValueError(f"an array of shape {shape!r:.80} and dtype {dtype!s:.80} does not have {len(data)} bytes")
    # A copy: an array over bytes would be read-only.
    return (
        numpy.ndarray(shape, dtype, bytearray(data), order=order).copy(order)
        if data
        else numpy.empty(shape, dtype, order)
    )


def _encode_scalar(value: Any) -> list[Any]:
    return [_encode_dtype(value.dtype), value.tobytes()]


def _decode_scalar(state: Any) -> Any:
    if type(state) is not list or len(state) != 2:
        raise ValueError("a scalar is stored as a list of two parts")
    return _decode_array([state[0], [], "C", state[1]])[()]
