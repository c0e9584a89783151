"""Random graphs as programs: drawn by hypothesis, written out as source text, run on both roots, compared.

A drawn `Case` is plain data. `program_of` writes it as a program like those of `programs/`: against the public API with `actograph` as its
import root, with a `main(t)` that says what is compared. Run as a script, the text prints what it observes, so a failing case can be read,
edited and run by itself on either root.

Left out, because LangGraph does there what we do not want (numbers as in its issue list or our notes in `docs/differences.md`):
- a second bare answer or None after a bare answer to a node that asks twice: the first answer is given again;
- what a failing node's siblings leave behind, which depends on which thread was faster;
- what follows an InvalidUpdateError: its `get_state` raises it too;
- `get_state` of a pause whose finished tasks wrote one key twice: it raises InvalidUpdateError, so graphs that pause have reducers only;
- `update_state` in the name of a node that is about to run, or is deferred: where the update is shown in the history depends on its tasks;
- joins with durability "async": the set of a join is changed while it is being stored;
- deferred nodes beside `Send`s: they do not wait for them;
- `Command(resume=...)` with the config of a past checkpoint: the old answer is given again.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
import sys
import tempfile
import types
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from .harness import OWN_ROOT, REFERENCE_ROOT, Observed, compare
from .recorder import Recorder

_ROOT_NAME = re.compile(rf"\b{OWN_ROOT}\b")


@dataclass(frozen=True)
class Node:
    """One node: what it writes, asks, and where it goes."""

    name: str
    is_async: bool
    keys: tuple[str, ...]
    """The channels it writes."""
    asks: int
    """Questions it asks, one after another."""
    fails: bool
    """Its first call raises."""
    goto: tuple[str, ...] | None
    """Targets of the command it returns; None when it returns a plain dict."""
    sends: bool
    """Its command goes by `Send`."""
    defer: bool


@dataclass(frozen=True)
class Route:
    """A conditional edge."""

    source: str
    targets: tuple[str, ...]
    sends: bool


@dataclass(frozen=True)
class Case:
    """A graph and what is done with it."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    joins: tuple[tuple[tuple[str, ...], str], ...]
    routes: tuple[Route, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    limit: int
    """Commands and routes lead on while fewer tasks than this have run."""
    durability: str | None
    empty_input: bool
    held: bool
    """On our root, async nodes wait for their answers in place."""
    operations: tuple[tuple[Any, ...], ...] = field(default=())


KEYS = ("log", "n", "x", "y", "best")


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A graph of two to five nodes and up to five operations on its thread."""
    count = draw(st.integers(2, 5))
    names = draw(st.permutations([f"n{index}" for index in range(count)]))
    asynchronous = draw(st.booleans())
    name = st.sampled_from(names)
    rare = st.integers(0, 7).map(lambda number: number == 7)
    pauseless = draw(rare) or draw(rare) or draw(rare)
    deferring = draw(rare) or draw(rare)
    nodes = []
    for own in names:
        commands = draw(st.integers(0, 2)) == 2
        asks, fails = draw(st.sampled_from([0, 0, 0, 1, 2])), draw(rare)
        more = ["best", "best", "x", "y"] if pauseless else ["best"]
        keys = ("log", "n", *draw(st.lists(st.sampled_from(more), max_size=1)))
        nodes.append(
            Node(
                name=own,
                is_async=asynchronous and draw(st.booleans()),
                keys=() if draw(rare) else keys,
                asks=0 if pauseless else asks,
                fails=fails and not pauseless,
                goto=tuple(draw(st.lists(name, max_size=2))) if commands else None,
                sends=draw(st.booleans()) and not deferring,
                defer=deferring and draw(st.booleans()),
            )
        )
    starts = draw(st.lists(name, min_size=1, max_size=2, unique=True))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    edges = {("START", start) for start in starts}
    edges |= {(names[one], names[two]) for one, two in draw(st.lists(pairs, max_size=count))}
    if draw(rare):
        edges.add((draw(name), draw(name)))
    joins = []
    if count > 2 and draw(st.booleans()):
        three = draw(st.permutations(names))[:3]
        joins.append((tuple(three[:2]), three[2]))
    routes = {
        source: Route(
            source, tuple(draw(st.lists(name, min_size=1, max_size=2))), draw(st.booleans()) and not deferring
        )
        for source in draw(st.lists(st.sampled_from(["START", *names]), max_size=2, unique=True))
    }
    operation = st.one_of(
        st.tuples(st.sampled_from(["bare", "map", "map", "partial", "none", "none"])),
        st.tuples(st.just("input"), st.integers(1, 9)),
        st.tuples(st.just("update"), name, st.integers(1, 9)),
        st.tuples(st.just("fork"), st.integers(0, 9), name, st.integers(1, 9)),
        st.tuples(st.just("replay"), st.integers(0, 9)),
    )
    return Case(
        nodes=tuple(nodes),
        edges=tuple(sorted(edges)),
        joins=tuple(joins),
        routes=tuple(routes.values()),
        before=tuple(draw(st.lists(name, max_size=1))) if draw(rare) else (),
        after=tuple(draw(st.lists(name, max_size=1))) if draw(rare) else (),
        limit=draw(st.integers(2, 9)),
        durability=draw(st.sampled_from(["sync", "exit"] if joins else [None, "sync", "async", "exit"])),
        empty_input=draw(rare),
        held=draw(st.booleans()),
        operations=tuple(draw(st.lists(operation, min_size=1, max_size=5))),
    )


# -- source text ---------------------------------------------------------------------------------------------------------------------

_HEAD = '''"""A random graph. Run it: python this_file.py"""

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, Send, interrupt


def larger(left, right):
    return max(left, right)


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]
    n: Annotated[int, operator.add]
    x: int
    y: int
    best: Annotated[int, larger]


calls = {}


def fail_once(name):
    calls[name] = calls.get(name, 0) + 1
    if calls[name] == 1:
        raise ValueError(name)


async def ask(t, question):
    if t.own and HELD:
        from actograph.types import ainterrupt

        return await ainterrupt(question)
    return interrupt(question)


def going_on(state):
    return state.get("n", 0) < LIMIT


'''

_TAIL = '''

def shown(snapshot):
    return {
        "values": snapshot.values,
        "next": list(snapshot.next),
        "metadata": snapshot.metadata and [snapshot.metadata["source"], snapshot.metadata["step"]],
        "tasks": [
            [task.name, task.path[0], task.result, task.error, [question.value for question in task.interrupts]]
            for task in snapshot.tasks
        ],
    }


def by_superstep(chunks):
    """Chunks up to each values chunk, in no order: tasks of one superstep may end in any."""
    steps, step = [], []
    for mode, chunk in chunks:
        if isinstance(chunk, dict) and "__interrupt__" in chunk:
            chunk = {**chunk, "__interrupt__": [question.value for question in chunk["__interrupt__"]]}
            step.append([mode, chunk])
        elif mode == "values":
            steps += [sorted(step, key=repr), [mode, chunk]]
            step = []
        else:
            step.append([mode, chunk])
    return [*steps, sorted(step, key=repr)]


def main(t):
    app = build(t).compile(checkpointer=InMemorySaver(), interrupt_before=BEFORE, interrupt_after=AFTER)
    config = {"configurable": {"thread_id": "1"}, "recursion_limit": 15}

    async def run(label, given, at=config):
        """Run, and record what was seen; false when nothing that follows can be compared."""
        chunks, error = [], None
        try:
            if ASYNC:
                async for chunk in app.astream(given, at, stream_mode=["values", "updates"], durability=DURABILITY):
                    chunks.append(chunk)
            else:
                for chunk in app.stream(given, at, stream_mode=["values", "updates"], durability=DURABILITY):
                    chunks.append(chunk)
        except Exception as raised:
            error = raised
        steps = by_superstep(chunks)
        t.record(f"{label}: error", None if error is None else type(error).__name__)
        if type(error).__name__ == "InvalidUpdateError":
            t.record(f"{label}: chunks", steps)
            return False
        state = await get(config)
        if isinstance(error, ValueError) and len(state.tasks) > 1:
            t.record(f"{label}: chunks before the failure", steps[:-1])
            return False
        t.record(f"{label}: chunks", steps)
        t.record(f"{label}: state", shown(state))
        return True

    async def get(at):
        return await app.aget_state(at) if ASYNC else app.get_state(at)

    async def history():
        return [row async for row in app.aget_state_history(config)] if ASYNC else list(app.get_state_history(config))

    async def update(at, values, name):
        return await app.aupdate_state(at, values, name) if ASYNC else app.update_state(at, values, name)

    async def operate():
        if not await run("start", {} if EMPTY_INPUT else {"x": 0}):
            return False
        bare = False
        for index, (kind, *arguments) in enumerate(OPERATIONS):
            label = f"{index} {kind}"
            state = await get(config)
            questions = state.interrupts
            if kind == "bare" and len(questions) == 1:
                if not await run(label, Command(resume=label)):
                    return False
                bare = True
                continue
            if kind in ("map", "partial") and questions:
                chosen = questions[: len(questions) if kind == "map" else 1]
                going = await run(label, Command(resume={question.id: f"{label}: {question.value}" for question in chosen}))
            elif kind == "none" and not (bare and questions):
                going = await run(label, None)
            elif kind == "input":
                going = await run(label, {"x": arguments[0]})
            elif kind == "update" and simple(state, arguments[0]):
                await update(config, {"x": arguments[1], "log": ["update"]}, arguments[0])
                t.record(f"{label}: state", shown(await get(config)))
                going = True
            elif kind in ("fork", "replay") and state.created_at:
                rows = await history()
                past = rows[arguments[0] % len(rows)]
                if kind == "fork":
                    if not simple(past, arguments[1]):
                        continue
                    at = await update(past.config, {"x": arguments[2], "log": ["fork"]}, arguments[1])
                    t.record(f"{label}: forked", shown(await get(config)))
                    going = await run(label, None, at)
                else:
                    going = await run(label, None, past.config)
            else:
                continue
            bare = False
            if not going:
                return False
        return True

    def simple(state, name):
        return name not in DEFERRED and not any(
            task.name == name or task.interrupts or task.error or task.result for task in state.tasks
        )

    async def whole():
        if await operate():
            t.record("history", [shown(row) for row in await history()])

    if ASYNC:
        asyncio.run(whole())
    else:
        try:
            whole().send(None)
        except StopIteration:
            pass


if __name__ == "__main__":
    import pprint

    class Printer:
        own = "actograph".startswith("acto")

        def record(self, label, value):
            print("##", label)
            pprint.pprint(value, width=140, sort_dicts=False)

    main(Printer())
'''


def program_of(case: Case) -> str:
    """The case as a program that stands alone."""
    asynchronous = any(node.is_async for node in case.nodes)
    constants = {
        "LIMIT": case.limit,
        "HELD": case.held,
        "ASYNC": asynchronous,
        "DURABILITY": case.durability,
        "EMPTY_INPUT": case.empty_input,
        "DEFERRED": [node.name for node in case.nodes if node.defer],
        "BEFORE": list(case.before),
        "AFTER": list(case.after),
        "OPERATIONS": list(case.operations),
    }
    lines = ["def build(t):", "    builder = StateGraph(State)"]
    for node in case.nodes:
        lines += _node(node)
    for start, end in case.edges:
        lines.append(f"    builder.add_edge({start if start == 'START' else repr(start)}, {end!r})")
    for starts, end in case.joins:
        lines.append(f"    builder.add_edge({list(starts)!r}, {end!r})")
    for number, route in enumerate(case.routes):
        lines += _route(number, route)
    lines.append("    return builder")
    return (
        _HEAD
        + "\n".join(f"{name} = {value!r}" for name, value in constants.items())
        + "\n\n\n"
        + "\n".join(lines)
        + "\n"
        + _TAIL
    )


def _node(node: Node) -> list[str]:
    lines = ["", f"    {'async ' if node.is_async else ''}def {node.name}(state):"]
    if node.fails:
        lines.append(f"        fail_once({node.name!r})")
    answers = []
    for index in range(node.asks):
        question = f"{node.name}?{index}"
        lines.append(
            f"        answer{index} = {f'await ask(t, {question!r})' if node.is_async else f'interrupt({question!r})'}"
        )
        answers.append(f"{{answer{index}}}")
    values = {
        "log": f"[f\"{node.name} {{state.get('n', 0)}} {{state.get('x')}} {' '.join(answers)}\"]",
        "n": "1",
        "x": "state.get('n', 0)",
        "y": "state.get('n', 0)",
        "best": "state.get('n', 0) + 1",
    }
    update = "{" + ", ".join(f"{key!r}: {values[key]}" for key in node.keys) + "}"
    if node.goto is None:
        lines.append(f"        return {update if node.keys else 'None'}")
    else:
        target = "Send(name, {'n': state.get('n', 0) + 3, 'x': 7})" if node.sends else "name"
        lines.append(f"        goto = [{target} for name in {list(node.goto)!r}] if going_on(state) else []")
        lines.append(f"        return Command(update={update}, goto=goto)")
    lines += ["", f"    builder.add_node({node.name!r}, {node.name}{', defer=True' if node.defer else ''})"]
    return lines


def _route(number: int, route: Route) -> list[str]:
    target = "Send(name, {'n': state.get('n', 0) + 3, 'x': 8})" if route.sends else "name"
    return [
        "",
        f"    def route{number}(state):",
        f"        return [{target} for name in {list(route.targets)!r}] if going_on(state) else END",
        "",
        f"    builder.add_conditional_edges({route.source if route.source == 'START' else repr(route.source)}, route{number})",
    ]


# -- running -------------------------------------------------------------------------------------------------------------------------


def run_source(source: str, root: str) -> Observed:
    """Run a program's text on a root and return what it recorded."""
    if root != OWN_ROOT:
        source = _ROOT_NAME.sub(root, source)
    module = types.ModuleType(f"_random_{root}")
    sys.modules[module.__name__] = module
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with tempfile.TemporaryDirectory(prefix="parity-") as directory, warnings.catch_warnings():
            if root != OWN_ROOT:
                warnings.simplefilter("ignore")
            recorder = Recorder(root, Path(directory))
            exec(compile(source, f"<random graph on {root}>", "exec"), module.__dict__)
            outcome = module.__dict__["main"](recorder)
            if inspect.iscoroutine(outcome):
                asyncio.run(outcome)
    finally:
        logging.disable(disabled)
        del sys.modules[module.__name__]
    return Observed(root, recorder.entries, recorder.problems)


def differences(case: Case) -> str:
    """How the two roots differ on a case, followed by the program; empty when they agree."""
    source = program_of(case)
    report = compare(run_source(source, REFERENCE_ROOT), run_source(source, OWN_ROOT))
    if not report:
        return ""
    return "\n".join([*report[:3], "", "# ---- the program, which runs by itself:", source])
