"""build: Graph builder; build: Several schemas; state: Schema kinds

JSON schemas of input and output: of TypedDicts, dataclasses, Pydantic models, states that are one value, and of several schemas.
"""

from __future__ import annotations

import dataclasses
import operator
from typing import Annotated, Optional

from pydantic import BaseModel, Field
from typing_extensions import NotRequired, Required, TypedDict

from actograph.graph import START, StateGraph
from actograph.managed import IsLastStep


class Keys(TypedDict):
    """What is known."""

    x: Annotated[list[int], operator.add]
    y: str
    z: NotRequired[int]
    o: Optional[float]
    last: IsLastStep


class Partial(TypedDict, total=False):
    p: int
    q: Required[str]


@dataclasses.dataclass
class Data:
    x: int
    y: str = "d"
    z: list = dataclasses.field(default_factory=list)
    last: IsLastStep = False


@dataclasses.dataclass
class Bare:
    x: int
    y: str = "d"
    z: list = dataclasses.field(default_factory=lambda: [1])


class Model(BaseModel):
    x: int = Field(description="the x", gt=3)
    y: Annotated[list[str], operator.add] = []
    z: Optional[int] = None


class Nested(TypedDict):
    data: Data
    model: Model
    partial: Partial
    more: list[Keys]


class Extended(Keys):
    extra: Annotated[int, Field(description="e")]
    copy: int


class Out(TypedDict):
    y: str


class Plain:
    x: int
    y: str = "k"


def node(state):
    return {}


def graph(schema, name=None, **schemas):
    return StateGraph(schema, **schemas).add_node("a", node).add_edge(START, "a").compile(name=name)


def record(t, label, app):
    t.record(f"{label}: input", app.get_input_jsonschema())
    t.record(f"{label}: output", app.get_output_jsonschema())
    t.record(f"{label}: output model", app.get_output_schema().model_json_schema())
    model = app.get_input_schema()
    t.record(f"{label}: names", [model.__name__, app.get_output_schema().__name__])
    if label != "Plain":
        t.record(f"{label}: input model", model.model_json_schema())


def main(t):
    for schema in (Keys, Partial, Data, Model, Nested, Extended, Plain):
        record(t, schema.__name__, graph(schema))
    record(t, "value", graph(list[int]))
    record(t, "reduced value", graph(Annotated[list, operator.add]))
    record(t, "named", graph(Keys, name="Mine"))
    record(t, "several", graph(Keys, input_schema=Partial, output_schema=Out))
    record(t, "data of keys", graph(Keys, input_schema=Bare, output_schema=Bare))
    assert graph(Model).get_input_jsonschema()["properties"]["x"]["exclusiveMinimum"] == 3
    assert graph(Keys, input_schema=Partial).get_input_jsonschema()["required"] == ["q"]
    validated = graph(Keys).get_input_schema().model_validate({"x": [1], "y": "a", "o": None, "last": False})
    t.record("validated", validated.model_dump())
    with t.raises("refused", culprit=["y"]):
        graph(Keys).get_input_schema().model_validate({"x": [1], "o": None, "last": False})
    t.record("types", [graph(Keys).InputType, graph(list[int]).OutputType == list[int], graph(Keys).OutputType])
