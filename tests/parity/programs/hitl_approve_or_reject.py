"""hitl: Patterns
control: Command

Approve or reject: the answer decides by `Command(goto=)` which node runs next.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict
from typing import Literal

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    draft: str
    log: Annotated[list[str], operator.add]


def approval(state) -> Command[Literal["publish", "discard"]]:
    approved = interrupt({"question": "publish this?", "draft": state["draft"]})
    if approved:
        return Command(goto="publish", update={"log": ["approved"]})
    return Command(goto="discard", update={"log": ["rejected"]})


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("write", lambda state: {"draft": "a draft"})
    builder.add_node("approval", approval)
    builder.add_node("publish", lambda state: {"log": [f"published {state['draft']}"]})
    builder.add_node("discard", lambda state: {"log": ["discarded"], "draft": ""})
    builder.add_edge(START, "write")
    builder.add_edge("write", "approval")
    builder.add_edge("publish", END)
    builder.add_edge("discard", END)
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    for answer in (True, False):
        config = t.thread()
        t.record(f"{label} {answer}: paused", app.invoke({"log": []}, config))
        t.chunks(
            f"{label} {answer}: resumed", app.stream(Command(resume=answer), config, stream_mode=["values", "updates"])
        )
        t.history(f"{label} {answer}: history", app.get_state_history(config))


async def adrive(t, label, app):
    for answer in (True, False):
        config = t.thread()
        t.record(f"{label} {answer}: paused", await app.ainvoke({"log": []}, config))
        t.record(f"{label} {answer}: resumed", await app.ainvoke(Command(resume=answer), config))
        t.snapshot(f"{label} {answer}: snapshot", await app.aget_state(config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
