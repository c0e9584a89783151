"""A typed graph: what is right passes both type checkers, and each line marked `# error` fails.

`# error` is for both checkers, `# error: pyright` for that one only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict, assert_type

from pydantic import BaseModel

from actograph.checkpoint.base import RunnableConfig
from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import END, START, StateGraph
from actograph.graph.state import CompiledStateGraph
from actograph.runtime import Runtime, get_runtime
from actograph.types import Command, GraphOutput, Interrupt, RetryPolicy, Send, StateSnapshot, StreamWriter, interrupt


def add(left: list[str], right: list[str]) -> list[str]:
    return left + right


class State(TypedDict):
    x: int
    log: Annotated[list[str], add]


class Other(TypedDict):
    y: str


@dataclass
class Data:
    a: int


class Model(BaseModel):
    b: int


@dataclass
class Context:
    user: str


class Store:
    pass


# -- nodes that fit ----------------------------------------------------------------------------------------------------------------


def plain(state: State) -> dict[str, Any]:
    return {"x": state["x"] + 1}


async def waits(state: State) -> Command[Literal["plain"]]:
    return Command(goto="plain", update={"x": 1})


def of_other_keys(state: Other) -> dict[str, Any]:
    return {"x": len(state["y"])}


def of_dataclass(state: Data) -> dict[str, Any]:
    return {"x": state.a}


def of_model(state: Model) -> dict[str, Any]:
    return {"x": state.b}


def with_config(state: State, config: RunnableConfig) -> dict[str, Any]:
    return {"log": [str(config)]}


def with_more(state: State, *, config: RunnableConfig, writer: StreamWriter, store: Any) -> dict[str, Any]:
    writer("x")
    return {}


def with_runtime(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    assert_type(runtime.context, Context)
    assert_type(get_runtime(Context), Runtime[Context])
    return {"log": [runtime.context.user]}


class Callee:
    def __call__(self, state: State) -> None:
        return None


def asks(state: State) -> Command[Literal["plain", "__end__"]]:
    answer = interrupt({"question": state["x"]})
    return Command(goto=END if answer else "plain")


def sends(state: State) -> list[Send]:
    return [Send("plain", {"x": number, "log": []}) for number in range(state["x"])]


# -- nodes that do not -------------------------------------------------------------------------------------------------------------


def of_number(state: int) -> int:
    return state


def of_text(state: str) -> str:
    return state


def with_wrong_context(state: State, runtime: Runtime[Other]) -> dict[str, Any]:
    return {}


def of_nothing() -> dict[str, Any]:
    return {}


def with_unknown(state: State, more: int) -> dict[str, Any]:
    return {}


builder = StateGraph(State, Context)
assert_type(builder, StateGraph[State, Context, State, State])
builder.add_node(plain).add_node("waits", waits, defer=True, retry_policy=RetryPolicy())
builder.add_node(of_other_keys).add_node(of_dataclass).add_node(of_model)
builder.add_node(with_config).add_node(with_more).add_node("runtime", with_runtime)
builder.add_node("lambda", lambda state: {"x": 1}).add_node("callee", Callee()).add_node(asks)
builder.add_edge(START, "plain").add_conditional_edges("plain", sends).add_edge(["waits", "asks"], END)
builder.add_sequence([plain, ("again", waits)])
builder.add_node("number", of_number)  # error: pyright
builder.add_node(of_text)  # error: pyright
builder.add_node(with_wrong_context)  # error
builder.add_node("context", with_wrong_context)  # error
builder.add_node(of_nothing)  # error
builder.add_node("unknown", with_unknown)  # error
builder.add_node("number", 3)  # error
builder.add_edge(START, 3)  # error
builder.add_node("wrong option", plain, defer="yes")  # error
builder.add_node("wrong policy", plain, retry_policy=3)  # error
builder.unknown_method()  # error

numbers = StateGraph(int)
assert_type(numbers, StateGraph[int, None, int, int])
numbers.add_node("number", of_number)
numbers.add_node("text", of_text)  # error: pyright

# -- compiled graphs ---------------------------------------------------------------------------------------------------------------

app = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["plain"])
assert_type(app, CompiledStateGraph[State, Context, State, State])
builder.add_node(app).add_node("inside", app)
app.invoke({"x": 1, "log": []}, context=Context("me"))
app.invoke(None, {"configurable": {"thread_id": "1"}})
app.invoke(Command(resume="yes"))
assert_type(app.invoke({"x": 1, "log": []}, version="v2"), GraphOutput[State])
assert_type(app.invoke({"x": 1, "log": []}, version="v2").value, State)
assert_type(app.invoke({"x": 1, "log": []}, version="v2").interrupts, tuple[Interrupt, ...])
app.invoke({"x": "1", "log": []})  # error
app.invoke({"y": "1"})  # error
app.invoke(3)  # error
app.invoke({"x": 1, "log": []}, context=3)  # error
app.invoke({"x": 1, "log": []}, durability="never")  # error
app.invoke({"x": 1, "log": []}, stream_mode="never")  # error
builder.compile(checkpointer="memory")  # error
assert_type(app.get_state({"configurable": {}}), StateSnapshot)
assert_type(app.get_state({"configurable": {}}).interrupts, tuple[Interrupt, ...])

other = StateGraph(State, input_schema=Other, output_schema=Data)
assert_type(other, StateGraph[State, None, Other, Data])
other.compile().invoke({"y": "1"})
other.compile().invoke({"x": 1, "log": []})  # error

Send("plain", {})
Send(1, {})  # error
Send("plain")  # error
Command(update={"x": 1}, goto=["plain", Send("plain", 1)], graph=Command.PARENT)
Command(go="plain")  # error
Command(graph=3)  # error


async def runs() -> None:
    await app.ainvoke({"x": 1, "log": []})
    await app.ainvoke({"z": 1})  # error
    async for _ in app.astream({"x": 1, "log": []}, stream_mode=["values", "updates"]):
        break
    async for _ in app.astream({"z": 1}):  # error
        break
