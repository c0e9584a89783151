"""JSON schemas of what a graph takes and returns. Pydantic, an extra, works them out when they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NotRequired, Required, get_origin
from uuid import UUID

from actograph.pregel.base import Config, PregelBase
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from pydantic import BaseModel

_CONFIG: Mapping[str, Any] = {
    "tags": list[str],
    "metadata": dict[str, Any],
    "callbacks": list[Any] | Any | None,
    "run_name": str,
    "max_concurrency": int | None,
    "recursion_limit": int,
    "run_id": UUID | None,
}
"""Keys of a config beside `configurable`, and what is in them."""


class Described(PregelBase[StateT, ContextT, InputT, OutputT]):
    """What a graph takes and returns, as types, Pydantic models and JSON schemas. Models and schemas need Pydantic: without it they raise
    ImportError, which names the extra."""

    @property
    def InputType(self) -> Any:
        """The type of the input; None when it is a dict with keys of several channels."""
        channels = self.plan.input_channels
        return _written(self.plan.channels[channels]) if isinstance(channels, str) else None

    @property
    def OutputType(self) -> Any:
        """The type of the output; None when it is a dict with keys of several channels."""
        channels = self.plan.output_channels
        return _read(self.plan.channels[channels]) if isinstance(channels, str) else None

    @property
    def input_schema(self) -> type[BaseModel]:
        """See `get_input_schema`."""
        return self.get_input_schema()

    @property
    def output_schema(self) -> type[BaseModel]:
        """See `get_output_schema`."""
        return self.get_output_schema()

    def get_input_schema(self, config: Config | None = None) -> type[BaseModel]:
        """A Pydantic model of the input: the schema itself if it is one, else one made of it. `config` changes nothing."""
        channels = self.plan.input_channels
        if isinstance(channels, str):
            return root_model(self._title("Input"), self.InputType)
        return model(self._title("Input"), {key: (_written(self.plan.channels[key]), None) for key in channels})

    def get_output_schema(self, config: Config | None = None) -> type[BaseModel]:
        """A Pydantic model of the output, with the keys that the graph returns. `config` changes nothing."""
        channels = self.plan.output_channels
        if isinstance(channels, str):
            return root_model(self._title("Output"), self.OutputType)
        return model(self._title("Output"), {key: (_read(self.plan.channels[key]), None) for key in channels})

    def get_input_jsonschema(self, config: Config | None = None) -> dict[str, Any]:
        """The JSON schema of the input."""
        return self.get_input_schema(config).model_json_schema()

    def get_output_jsonschema(self, config: Config | None = None) -> dict[str, Any]:
        """The JSON schema of the output."""
        return self.get_output_schema(config).model_json_schema()

    def config_schema(self, *, include: Sequence[str] | None = None) -> type[BaseModel]:
        """A Pydantic model of the config: `configurable`, if there is a context schema, and the keys in `include`.

        What a run is given as context is described by `get_context_jsonschema`.
        """
        described: dict[str, Any] = {}
        if self.context_schema is not None:
            described["configurable"] = (self.context_schema, None)
        described.update({key: (typ, None) for key, typ in _CONFIG.items() if key in (include or ())})
        return model(self._title("Config"), described)

    def get_config_jsonschema(self, *, include: Sequence[str] | None = None) -> dict[str, Any]:
        """The JSON schema of the config; see `config_schema`."""
        return self.config_schema(include=include).model_json_schema()

    def get_context_jsonschema(self) -> dict[str, Any] | None:
        """The JSON schema of the context; None when the graph has no context schema."""
        return None if self.context_schema is None else json_schema(self.context_schema)

    def _title(self, what: str) -> str:
        # As LangChain names what belongs to a runnable.
        return self.name + what if self.name[:1].isupper() else f"{self.name}_{what.lower()}"


def json_schema(typ: Any) -> dict[str, Any]:
    """The JSON schema of a TypedDict, dataclass, Pydantic model or any other type."""
    pydantic = _pydantic()
    if isinstance(typ, type) and issubclass(typ, pydantic.BaseModel):
        of_model: Any = typ
        described: dict[str, Any] = of_model.model_json_schema()
        return described
    schema: dict[str, Any] = pydantic.TypeAdapter(_portable(typ)).json_schema()
    return schema


def state_json_schema(typ: Any, title: str, types: Mapping[str, Any], root: str) -> dict[str, Any]:
    """The JSON schema of a state's schema. `types` are those of its channels; `root` is the name of the only channel of a state that is not
    made of keys."""
    pydantic = _pydantic()
    if root in types:
        described: dict[str, Any] = root_model(title, types[root], default=True).model_json_schema()
        return described
    if _is_typed_dict(typ) or (isinstance(typ, type) and issubclass(typ, pydantic.BaseModel)):
        return json_schema(typ)
    made: Any = model(title, {key: (of, _default(typ, key)) for key, of in types.items()})
    schema: dict[str, Any] = made.model_json_schema()
    return schema


def model(title: str, described: Mapping[str, tuple[Any, Any]]) -> type[BaseModel]:
    """A Pydantic model with fields of these types and defaults."""
    pydantic = _pydantic()
    taken = dir(pydantic.BaseModel)
    fields: dict[str, Any] = {}
    for key, (typ, default) in described.items():
        if key.startswith("_") or key in taken:
            # Not a name that a model's attribute may have: it has another, and this one in the schema.
            fields[f"field_{key.strip('_')}"] = (
                typ,
                pydantic.Field(default, alias=key, title=key.replace("_", " ").strip().title()),
            )
        else:
            fields[key] = (typ, default)
    config = pydantic.ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())
    made: type[BaseModel] = pydantic.create_model(title, __config__=config, **fields)
    return made


def root_model(title: str, typ: Any, *, default: bool = False) -> type[BaseModel]:
    """A Pydantic model that is one value of this type; the type itself if it is a model."""
    pydantic = _pydantic()
    if typ is None:
        return model(title, {})
    if isinstance(typ, type) and issubclass(typ, pydantic.BaseModel):
        return typ
    body: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": {"root": _portable(typ)},
        "model_config": pydantic.ConfigDict(arbitrary_types_allowed=True),
    }
    if default:
        body["root"] = None
    made: type[BaseModel] = type(pydantic.RootModel)(title, (pydantic.RootModel,), body)
    return made


def _pydantic() -> Any:
    try:
        import pydantic
    except ImportError:
        raise ImportError(
            "schemas of graphs need Pydantic, which is not installed: pip install 'actograph[pydantic]'"
        ) from None
    return pydantic


def _is_typed_dict(typ: Any) -> bool:
    # typing.is_typeddict does not know those of typing_extensions.
    return isinstance(typ, type) and issubclass(typ, dict) and hasattr(typ, "__required_keys__")


def _portable(typ: Any) -> Any:
    """Pydantic takes no `typing.TypedDict` before Python 3.12, only that of typing_extensions (which comes with Pydantic)."""
    if sys.version_info >= (3, 12) or not _is_typed_dict(typ) or type(typ).__module__ != "typing":
        return typ
    import typing_extensions

    from actograph.graph.hints import schema_hints

    keys: dict[str, Any] = {}
    for key, hint in schema_hints(typ).items():
        optional = key in typ.__optional_keys__ and get_origin(hint) not in (NotRequired, Required)
        keys[key] = NotRequired[hint] if optional else hint
    make: Any = typing_extensions.TypedDict
    made = make(typ.__name__, keys)
    made.__doc__, made.__module__ = typ.__doc__, typ.__module__
    return made


def _default(typ: Any, key: str) -> Any:
    if is_dataclass(typ):
        for field in fields(typ):
            if field.name == key:
                if field.default is not NO_DEFAULT:
                    return field.default
                if field.default_factory is not NO_DEFAULT:
                    return field.default_factory()
    return ...


def _written(channel: Any) -> Any:
    return channel.UpdateType


def _read(channel: Any) -> Any:
    return channel.ValueType


__all__ = ("Described", "json_schema", "state_json_schema")
