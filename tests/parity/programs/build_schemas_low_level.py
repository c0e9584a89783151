"""build: Low-level runtime; functional: entrypoint

JSON schemas of graphs made of channels, and of entrypoints, whose schemas are the annotations of their functions.
"""

import operator
from typing import Optional

from pydantic import BaseModel
from typing_extensions import TypedDict

from actograph.channels import BinaryOperatorAggregate, EphemeralValue, LastValue, Topic
from actograph.func import entrypoint
from actograph.pregel import NodeBuilder, Pregel


class Keys(TypedDict):
    y: str


class Model(BaseModel):
    x: int
    y: list[str] = []


def typed(function, **annotations):
    """LangGraph takes only annotations that are no text."""
    function.__annotations__ = {"return": annotations.pop("returns"), **annotations} if annotations else {}
    return function


def echo(value):
    return value


def remembers(value, *, previous=0):
    return entrypoint.final(value=Model(x=1), save=2)


async def later(value):
    return {}


plain = entrypoint()(typed(echo, value=int, returns=str))
kept = entrypoint(context_schema=Keys)(typed(remembers, value=Keys, returns=entrypoint.final[Model, int]))
untyped = entrypoint()(lambda value: value)
eventual = entrypoint()(typed(later, value=Model, returns=dict[str, int]))


def record(t, label, app):
    t.record(f"{label}: input", app.get_input_jsonschema())
    t.record(f"{label}: output", app.get_output_jsonschema())
    t.record(f"{label}: names", [app.get_input_schema().__name__, app.get_output_schema().__name__])
    t.record(f"{label}: context", app.get_context_jsonschema())


def graph(inputs, outputs, **more):
    channels = {"a": LastValue(int), "o": LastValue(int), **more}
    node = NodeBuilder().subscribe_to("a").do(lambda value: value).write_to("o")
    return Pregel(nodes={"n": node}, channels=channels, input_channels=inputs, output_channels=outputs)


def main(t):
    record(t, "one", graph("a", "o"))
    lists = {"o": BinaryOperatorAggregate(list[str], operator.add), "t": Topic(str)}
    record(t, "several", graph(["a", "o"], ["o", "t", "a"], **lists))
    record(t, "topic of models", graph("a", "o", o=Topic(Model)))
    record(t, "keys", graph("a", "o", a=LastValue(Keys)))
    record(t, "model", graph("a", "o", a=LastValue(Model)))
    record(t, "optional", graph("a", "o", a=EphemeralValue(Optional[int])))
    record(t, "plain", plain)
    record(t, "kept", kept)
    record(t, "untyped", untyped)
    record(t, "later", eventual)
    assert graph("a", "o").get_input_jsonschema()["type"] == "integer"
