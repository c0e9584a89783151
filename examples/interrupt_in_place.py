"""`await ainterrupt(value)` keeps the node: resumed in the same process, it goes on at that very line.

`interrupt(value)` runs the node again from its first line. So does `ainterrupt` when the process, or only its event
loop, has ended in between: the answer comes from the database then, and the state ends equal. Run it and count.
"""

from __future__ import annotations

import asyncio
import operator
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Command, ainterrupt, interrupt

entered: Counter[str] = Counter()  # outside the state: counts what really ran


class State(TypedDict):
    answers: Annotated[list[str], operator.add]


async def held(state: State) -> dict[str, Any]:
    entered["held"] += 1
    guests = [name async for name in expensive_lookup()]  # a local variable that survives the pause
    colour = await ainterrupt(f"Which colour, for {len(guests)} guests?")
    size = await ainterrupt(f"Which size, in {colour}?")
    return {"answers": [colour, size]}


async def replayed(state: State) -> dict[str, Any]:
    entered["replayed"] += 1
    return {"answers": [interrupt("Gift wrapped?")]}


async def expensive_lookup() -> Any:
    entered["lookup"] += 1
    for name in ("Ada", "Grace", "Edsger"):
        yield name


builder = StateGraph(State)
builder.add_node(held)
builder.add_node(replayed)
builder.add_edge(START, "held")
builder.add_edge("held", "replayed")


async def converse(database: Path, thread: str, first: Any, *answers: str) -> list[str]:
    """One event loop, one graph: start or resume `thread`, give `answers`; returns the state's answers so far."""
    async with AsyncSqliteSaver.from_conn_string(str(database)) as saver:
        graph = builder.compile(checkpointer=saver)
        config: Any = {"configurable": {"thread_id": thread}}
        result = await graph.ainvoke(first, config)
        for answer in answers:
            print(f"  {result['__interrupt__'][0].value:<32} {answer}")
            result = await graph.ainvoke(Command(resume=answer), config)
        return list(result["answers"])


with tempfile.TemporaryDirectory() as folder:
    print("one event loop")
    together = asyncio.run(converse(Path(folder, "a.sqlite"), "1", {"answers": []}, "red", "large", "yes"))
    print(f"  entered: held {entered['held']}, lookup {entered['lookup']}, replayed {entered['replayed']}")
    entered.clear()
    print("two event loops")
    asyncio.run(converse(Path(folder, "b.sqlite"), "1", {"answers": []}, "red"))
    apart = asyncio.run(converse(Path(folder, "b.sqlite"), "1", Command(resume="large"), "yes"))
    print(f"  entered: held {entered['held']}, lookup {entered['lookup']}, replayed {entered['replayed']}")
    print(f"equal ends: {together == apart} {apart}")
