"""When a run waits for storage: a saver that is slow to store shows how far ahead the run gets."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[int], operator.add]


class SlowJournal:
    """Stores at once, and says so a while later; notes how many supersteps had run by then."""

    def __init__(self, inner: Any, loop: asyncio.AbstractEventLoop, ran: list[int], seen: list[int]) -> None:
        self.inner, self.loop, self.ran, self.seen = inner, loop, ran, seen

    def commit(
        self, *, snapshot: Any = None, writes: Any = (), status: Any = None, done: Callable[..., None] | None = None
    ) -> bool:
        self.inner.commit(snapshot=snapshot, writes=writes, status=status)
        stored_at = len(self.ran)

        def say() -> None:
            self.seen.append(len(self.ran) - stored_at)
            if done is not None:
                done(None)

        self.loop.call_later(0.002, say)
        return False


class SlowSaver(InMemorySaver):
    def __init__(self, ran: list[int], seen: list[int]) -> None:
        super().__init__()
        self.ran, self.seen = ran, seen

    def open_journal(self, *, thread_id: str, checkpoint_ns: str, run_id: str, loop: asyncio.AbstractEventLoop) -> Any:
        inner = super().open_journal(thread_id=thread_id, checkpoint_ns=checkpoint_ns, run_id=run_id, loop=loop)
        return SlowJournal(inner, loop, self.ran, self.seen)


@pytest.mark.parametrize(("durability", "ahead"), [("sync", 0), ("async", 1), ("exit", 0)])
def test_how_far_a_run_gets_ahead_of_its_storage(durability: Any, ahead: int) -> None:
    ran: list[int] = []
    seen: list[int] = []

    def node(number: int) -> Any:
        async def run(state: State) -> dict[str, Any]:
            ran.append(number)
            return {"log": [number]}

        return run

    builder = (
        StateGraph(State).add_sequence([(f"n{number}", node(number)) for number in range(8)]).add_edge(START, "n0")
    )
    graph = builder.compile(checkpointer=SlowSaver(ran, seen))
    config: Any = {"configurable": {"thread_id": "1"}}
    assert asyncio.run(graph.ainvoke({"log": []}, config, durability=durability))["log"] == list(range(8))
    assert max(seen) == ahead
    assert len(seen) >= (1 if durability == "exit" else 9)
