"""A drawn case as the text of a program that stands alone."""

from __future__ import annotations

from .random_cases import Case, Inner, Node, Route, Step
from .random_cases import is_async as asynchronous

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


class InnerInput(TypedDict, total=False):
    x: int
    n: int


class InnerOutput(TypedDict, total=False):
    log: Annotated[list[str], operator.add]
    n: int


class InnerState(InnerInput, InnerOutput, total=False):
    pass


MODES = ["values", "updates"]
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
            [
                task.name,
                task.path[0],
                task.result,
                task.error,
                [question.value for question in task.interrupts],
                shown(task.state) if hasattr(task.state, "values") and hasattr(task.state, "tasks") else task.state is not None,
            ]
            for task in snapshot.tasks
        ],
    }


def names_of(namespace):
    return [part.split(":")[0] for part in namespace]


def by_superstep(chunks):
    """Chunks up to each values chunk, in no order: tasks of one superstep may end in any."""
    steps, step = [], []
    for namespace, mode, chunk in chunks:
        if isinstance(chunk, dict) and "__interrupt__" in chunk:
            chunk = {**chunk, "__interrupt__": [question.value for question in chunk["__interrupt__"]]}
            step.append([names_of(namespace), mode, chunk])
        elif mode == "values" and not namespace:
            steps += [sorted(step, key=repr), [mode, chunk]]
            step = []
        else:
            step.append([names_of(namespace), mode, chunk])
    return [*steps, sorted(step, key=repr)]


def main(t):
    app = build(t).compile(checkpointer=InMemorySaver(), interrupt_before=BEFORE, interrupt_after=AFTER)
    config = {"configurable": {"thread_id": "1"}, "recursion_limit": 15}

    async def run(label, given, at=config):
        """Run, and record what was seen; false when nothing that follows can be compared."""
        chunks, error = [], None
        try:
            if ASYNC:
                async for chunk in app.astream(given, at, stream_mode=MODES, durability=DURABILITY, subgraphs=True):
                    chunks.append(chunk)
            else:
                for chunk in app.stream(given, at, stream_mode=MODES, durability=DURABILITY, subgraphs=True):
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
        return await app.aget_state(at, subgraphs=True) if ASYNC else app.get_state(at, subgraphs=True)

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
    runs_async = any(node.is_async for node in case.nodes)
    constants = {
        "LIMIT": case.limit,
        "HELD": case.held,
        "ASYNC": runs_async,
        "DURABILITY": case.durability,
        "EMPTY_INPUT": case.empty_input,
        "DEFERRED": [node.name for node in case.nodes if node.defer],
        "BEFORE": list(case.before),
        "AFTER": list(case.after),
        "OPERATIONS": list(case.operations),
    }
    lines = ["def build(t):", "    builder = StateGraph(State)"]
    for node in case.nodes:
        lines += _node(node) if node.inner is None else _nested(node.name, node.is_async, node.inner, "builder", 1)
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


def _nested(name: str, is_async: bool, inner: Inner, builder: str, depth: int) -> list[str]:
    """A sub-graph, as the node `name` of `builder`."""
    pad = "    " * depth
    lines = ["", f"{pad}def build_{name}():"]
    graph = f"inner{depth}"
    lines.append(f"{pad}    {graph} = StateGraph(InnerState, input_schema=InnerInput, output_schema=InnerOutput)")
    before = "START"
    for index, step in enumerate(inner.steps):
        own = f"{name}_{index}"
        if step.inner is None:
            lines += _step(own, step, graph, f"{pad}    ")
        else:
            lines += _nested(
                own, step.is_async or any(map(asynchronous, step.inner.steps)), step.inner, graph, depth + 1
            )
        lines.append(f"{pad}    {graph}.add_edge({before if before == 'START' else repr(before)}, {own!r})")
        before = own
    lines.append(f"{pad}    return {graph}.compile(checkpointer={inner.memory!r})")
    lines.append("")
    lines.append(f"{pad}{name}_graph = build_{name}()")
    if not inner.called:
        return [*lines, f"{pad}{builder}.add_node({name!r}, {name}_graph)"]
    call = f"await {name}_graph.ainvoke" if is_async else f"{name}_graph.invoke"
    return [
        *lines,
        "",
        f"{pad}{'async ' if is_async else ''}def {name}(state):",
        f"{pad}    found = {call}({{'x': state.get('x') or 0, 'n': state.get('n', 0)}})",
        f"{pad}    return {{'log': (found or {{}}).get('log', []), 'n': 1}}",
        "",
        f"{pad}{builder}.add_node({name!r}, {name})",
    ]


def _step(name: str, step: Step, graph: str, pad: str) -> list[str]:
    lines = ["", f"{pad}{'async ' if step.is_async else ''}def {name}(state):"]
    if step.fails:
        lines.append(f"{pad}    fail_once({name!r})")
    answers = []
    for index in range(step.asks):
        question = f"{name}?{index}"
        call = f"await ask(t, {question!r})" if step.is_async else f"interrupt({question!r})"
        lines.append(f"{pad}    answer{index} = {call}")
        answers.append(f"{{answer{index}}}")
    text = f"f\"{name} {{state.get('n', 0)}} {{state.get('x')}} {' '.join(answers)}\""
    update = f"{{'log': [{text}], 'n': 1}}"
    if step.parent is None:
        lines.append(f"{pad}    return {update}")
    else:
        lines.append(f"{pad}    if going_on(state):")
        lines.append(
            f"{pad}        return Command(graph=Command.PARENT, update={{'log': [{text}], 'n': 1}}, goto={list(step.parent)!r})"
        )
        lines.append(f"{pad}    return {update}")
    lines += ["", f"{pad}{graph}.add_node({name!r}, {name})"]
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
