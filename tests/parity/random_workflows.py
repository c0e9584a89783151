"""Random workflows of tasks: calls one after the other, side by side and nested, that ask and that fail once, sync and async."""

from __future__ import annotations

import asyncio
import importlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Step = tuple[Any, ...]
"""("work", n), ("ask", n), ("fail", n), ("together", [steps]) or ("nested", [steps])."""


@dataclass
class Seen:
    """What one root did with a workflow."""

    result: Any = None
    rounds: int = 0
    updates: Counter[str] = field(default_factory=Counter)
    worked: Counter[str] = field(default_factory=Counter)
    history: list[Any] = field(default_factory=list)


def _numbered(steps: Any) -> list[Step]:
    """Steps with a number each, so that every call is told from the others."""
    count = iter(range(1_000_000))

    def number(step: Any) -> Step:
        kind, inner = step
        return (kind, [number(part) for part in inner]) if inner is not None else (kind, next(count))

    return [number(step) for step in steps]


_LEAVES = st.sampled_from(["work", "work", "work", "ask", "fail"]).map(lambda kind: (kind, None))
_STEPS = st.lists(
    st.recursive(
        _LEAVES,
        lambda inner: st.tuples(st.sampled_from(["together", "nested"]), st.lists(inner, min_size=1, max_size=3)),
        max_leaves=6,
    ),
    min_size=1,
    max_size=4,
)


def workflows() -> st.SearchStrategy[list[Step]]:
    """Workflows: lists of steps."""
    return _STEPS.map(_numbered)


def threads_of(step: Step) -> int:
    """How many threads a step of a sync workflow holds at once, in the worst case."""
    kind, inner = step
    if kind == "nested":
        return 1 + max(threads_of(part) for part in inner)
    if kind == "together":
        return sum(threads_of(part) + (part[0] == "together") for part in inner)
    return 1


def races(steps: list[Step], *, beside: bool = False) -> bool:
    """Whether a call fails while others run: which of those end before they are stopped is chance."""
    for kind, inner in steps:
        if (kind == "fail" and beside) or (
            isinstance(inner, list) and races(inner, beside=beside or kind == "together")
        ):
            return True
    return False


def run(root: str, steps: list[Step], *, sync: bool, held: bool = False) -> Seen:
    """Run a workflow to its end, answering what it asks and going on after failures; with `held`, tasks wait in place for answers."""
    func = importlib.import_module(f"{root}.func")
    types = importlib.import_module(f"{root}.types")
    saver = importlib.import_module(f"{root}.checkpoint.memory").InMemorySaver()
    seen = Seen()
    failed: set[int] = set()

    def leaf(kind: str, number: int) -> Any:
        if kind == "ask":
            return types.interrupt(f"question {number}")
        if kind == "fail" and number not in failed:
            failed.add(number)
            raise ValueError(f"failure {number}")
        seen.worked[f"{kind} {number}"] += 1
        return f"{kind} {number}"

    if sync:

        @func.task
        def work(kind: str, number: int) -> Any:
            return leaf(kind, number)

        @func.task
        def nested(parts: list[Step]) -> Any:
            return [one(part) for part in parts]

        def one(step: Step) -> Any:
            kind, inner = step
            if kind == "nested":
                return nested(inner).result()
            if kind == "together":
                begun = [begin(part) for part in inner]
                return [future.result() for future in begun]
            return work(kind, inner).result()

        def begin(step: Step) -> Any:
            kind, inner = step
            return nested(inner if kind == "nested" else [step]) if isinstance(inner, list) else work(kind, inner)

        @func.entrypoint(checkpointer=saver)
        def flow(parts: list[Step], *, previous: Any = None) -> Any:
            return [*[one(part) for part in parts], previous]

    else:

        @func.task
        async def work(kind: str, number: int) -> Any:
            await asyncio.sleep(0)
            if kind == "ask" and held:
                return await types.ainterrupt(f"question {number}")
            return leaf(kind, number)

        @func.task
        async def nested(parts: list[Step]) -> Any:
            return [await aone(part) for part in parts]

        async def aone(step: Step) -> Any:
            kind, inner = step
            if kind == "nested":
                return await nested(inner)
            if kind == "together":
                begun = [abegin(part) for part in inner]
                return [await future for future in begun]
            return await work(kind, inner)

        def abegin(step: Step) -> Any:
            kind, inner = step
            return nested(inner if kind == "nested" else [step]) if isinstance(inner, list) else work(kind, inner)

        @func.entrypoint(checkpointer=saver)
        async def flow(parts: list[Step], *, previous: Any = None) -> Any:
            return [*[await aone(part) for part in parts], previous]

    config: Any = {"configurable": {"thread_id": "1"}}

    async def turn(given: Any) -> tuple[list[Any], Any]:
        """The chunks of one run, and the error it ended with."""
        chunks: list[Any] = []
        try:
            if sync:
                for chunk in flow.stream(given, config, stream_mode="updates"):
                    chunks.append(chunk)
            else:
                async for chunk in flow.astream(given, config, stream_mode="updates"):
                    chunks.append(chunk)
        except ValueError as error:
            return chunks, error
        return chunks, None

    async def whole() -> None:
        given: Any = steps
        while True:
            seen.rounds += 1
            assert seen.rounds < 60, "the workflow comes to no end"
            chunks, error = await turn(given)
            for chunk in chunks:
                for name, value in chunk.items():
                    if name in ("work", "nested", "flow"):
                        seen.updates[f"{name}: {value}"] += 1
            state = flow.get_state(config) if sync else await flow.aget_state(config)
            if error is not None:
                given = None
            elif state.interrupts:
                question = state.interrupts[0]
                given = types.Command(resume={question.id: f"answer to {question.value}"})
            else:
                seen.result = state.values
                return

    if sync:
        _drive(whole())
    else:
        asyncio.run(whole())
    snapshots = flow.get_state_history(config)
    seen.history = [(shot.values, shot.metadata["source"], shot.metadata["step"], shot.next) for shot in snapshots]
    return seen


def _drive(coroutine: Any) -> Any:
    """The result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the coroutine waited")
