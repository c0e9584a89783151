"""stream: stream_events
stream: messages

`run.messages`: a model's message as it comes, whole messages that nodes return, and those of sub-graphs on their handles.
"""

from __future__ import annotations

import asyncio

from actograph.graph import START, MessagesState, StateGraph
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage


def model(text, **options):
    return GenericFakeChatModel(messages=iter([AIMessage(text, id=f"id-{text}")]), **options)


def invoke(state):
    return {"messages": [model("three small words").invoke(state["messages"])]}


async def ainvoke(state):
    return {"messages": [await model("three small words").ainvoke(state["messages"])]}


def static(state):
    return {"messages": [ToolMessage("tool", tool_call_id="1", id="t"), AIMessage("as a whole", id="s")]}


def silent(state):
    return {"messages": [model("not heard").with_config(tags=["nostream"]).invoke(state["messages"])]}


def calls(state):
    call = {"name": "add", "args": {"a": 1}, "id": "c1", "type": "tool_call"}
    return {"messages": [AIMessage("", id="c", tool_calls=[call])]}


def line(**steps):
    builder = StateGraph(MessagesState)
    previous = START
    for name, action in steps.items():
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile()


def given():
    return {"messages": [HumanMessage("hi", id="h")]}


def bare(event):
    data = event["params"]["data"]
    if event["method"] == "messages":
        payload, metadata = data
        whole = payload if isinstance(payload, dict) else [type(payload).__name__, payload.content]
        data = [whole, metadata["langgraph_node"], metadata["langgraph_step"], "run_id" in metadata]
    elif event["method"] == "values":
        data = len(data["messages"])
    return (event["method"], event["params"]["namespace"], data)


def told(message):
    return {
        "node": message.node,
        "namespace": message.namespace,
        "text": list(message.text),
        "whole": str(message.text),
        "tool calls": message.tool_calls.get(),
        "output": message.output.content,
        "done": message.done,
    }


def main(t):
    for name, action in (("invoke", invoke), ("static", static), ("silent", silent), ("calls", calls)):
        app = line(**{name: action})
        t.record(f"{name}: events", [bare(event) for event in app.stream_events(given(), version="v3")])
        t.record(f"{name}: messages", [told(message) for message in app.stream_events(given(), version="v3").messages])
    app = line(one=invoke, inner=line(deep=invoke), two=static)
    run = app.stream_events(given(), version="v3")
    t.record("own level", [(message.node, str(message.text)) for message in run.messages])
    run = app.stream_events(given(), version="v3")
    t.record("of the sub-graph", [[(m.node, str(m.text)) for m in handle.messages] for handle in run.subgraphs])
    run = app.stream_events(given(), version="v3")
    t.record(
        "interleaved",
        [
            (name, item.node if name == "messages" else len(item["messages"]))
            for name, item in run.interleave("messages", "values")
        ],
    )
    run = line(one=invoke, two=invoke).stream_events(given(), version="v3")
    t.record("a piece of each", [next(iter(message.text)) for message in run.messages])
    t.record("output afterwards", [message.content for message in run.output["messages"]])
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = line(one=ainvoke, two=static)
    run = await app.astream_events(given(), version="v3")
    seen = []
    async for message in run.messages:
        seen.append(
            [message.node, [piece async for piece in message.text], await message.text, (await message.output).content]
        )
    t.record("async", seen)
    run = await app.astream_events(given(), version="v3")
    t.record("async: not read", [message.node async for message in run.messages])
    t.record("async: output", len((await run.output())["messages"]))
