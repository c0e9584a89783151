"""runtime: Context; build: Compile

JSON schemas of context and config: of a TypedDict, a dataclass, a Pydantic model, none; with more keys of a config.
"""

from __future__ import annotations

import dataclasses
import warnings

from pydantic import BaseModel
from typing_extensions import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int


class Keys(TypedDict):
    user: str


@dataclasses.dataclass
class Data:
    user: str
    n: int = 3


class Model(BaseModel):
    user: str
    tags: list[str] = []


def node(state):
    return {}


def main(t):
    warnings.simplefilter("ignore", DeprecationWarning)
    for schema in (None, Keys, Data, Model):
        app = StateGraph(State, context_schema=schema).add_node("a", node).add_edge(START, "a").compile(name="Mine")
        label = getattr(schema, "__name__", "none")
        t.record(f"{label}: context", app.get_context_jsonschema())
        t.record(f"{label}: config", app.get_config_jsonschema())
        t.record(f"{label}: model", [app.config_schema().__name__, app.config_schema().model_json_schema()])
        t.record(
            f"{label}: more",
            app.get_config_jsonschema(include=["tags", "metadata", "run_name", "recursion_limit", "nix"]),
        )
        t.record(
            f"{label}: all", app.get_config_jsonschema(include=["max_concurrency", "run_id", "tags", "configurable"])
        )
    assert app.get_context_jsonschema()["required"] == ["user"]
