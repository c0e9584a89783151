"""The parts of a random graph's program that are the same in all of them."""

from __future__ import annotations

HEAD = '''"""A random graph. Run it: python this_file.py"""

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.func import task
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


MODES = ["values", "updates", "tasks"]
failed = set()
noted = []


def fail_once(name):
    if name not in failed:
        failed.add(name)
        raise ValueError(name)


@task
def note(name, n, fails):
    noted.append(name)
    if fails:
        fail_once(name)
    return f"{name}:{n}"


@task
async def anote(name, n, fails):
    noted.append(name)
    if fails:
        fail_once(name)
    return f"{name}:{n}"


async def ask(t, question):
    if t.own and HELD:
        from actograph.types import ainterrupt

        return await ainterrupt(question)
    return interrupt(question)


def going_on(state):
    return state.get("n", 0) < LIMIT


'''

TAIL = '''

def upcoming(snapshot):
    """What is next; nothing when all that was has ended, and a run was cut off before it went on: LangGraph does not say then."""
    ended = snapshot.tasks and all(pending.result is not None for pending in snapshot.tasks)
    return [] if ended else list(snapshot.next)


def shown(snapshot):
    return {
        "values": snapshot.values,
        "next": upcoming(snapshot),
        "metadata": snapshot.metadata and [snapshot.metadata["source"], snapshot.metadata["step"]],
        "tasks": [
            [
                task.name,
                task.path[0],
                task.result,
                task.error,
                [question.value for question in task.interrupts if not task.error],
                shown(task.state) if hasattr(task.state, "values") and hasattr(task.state, "tasks") else task.state is not None,
            ]
            for task in snapshot.tasks
        ],
    }


def open_questions(snapshot):
    return [question for pending in snapshot.tasks if not pending.error for question in pending.interrupts]


def names_of(namespace):
    return [part.split(":")[0] for part in namespace]


def plainly(mode, chunk):
    """A chunk without ids, and whose task it is."""
    if mode == "tasks":
        chunk = {key: value for key, value in chunk.items() if key != "id"}
        chunk["error"] = type(chunk.get("error")).__name__
        chunk["interrupts"] = [question["value"] for question in chunk.get("interrupts", ())]
    elif "__interrupt__" in chunk:
        chunk = {**chunk, "__interrupt__": [question.value for question in chunk["__interrupt__"]]}
    return chunk


def by_superstep(chunks, answered):
    """Chunks up to each values chunk, task by task; tasks of one superstep may end in any order."""
    ends = {chunk["id"] for _, mode, chunk in chunks if mode == "tasks" and chunk.get("result")}
    failures = {(namespace, chunk["name"]) for namespace, mode, chunk in chunks if mode == "tasks" and chunk.get("error")}
    ended = {chunk["id"] for _, mode, chunk in chunks if mode == "tasks" and "result" in chunk}
    steps, step, sequences = [], [], {}
    for namespace, mode, chunk in [*chunks, ((), "values", None)]:
        if namespace and not answered:
            continue
        if mode == "updates" and any((namespace, name) in failures and chunk[name] is None for name in chunk):
            continue  # LangGraph shows that of a node that fails after an answer
        if HELD and mode == "tasks" and chunk["name"] in ("note", "anote") and chunk["id"] not in ended:
            continue  # a replayed call: a node that waited in place does not make it again
        if namespace:
            sequences.setdefault(namespace[0], []).append([names_of(namespace), mode, plainly(mode, chunk)])
        elif mode == "tasks":
            if answered or chunk["id"] in ends:
                sequences.setdefault(chunk["id"], []).append([mode, plainly(mode, chunk)])
        elif mode == "values" and (chunk is None or "__interrupt__" not in chunk):
            steps += [sorted([*step, *sequences.values()], key=repr), [mode, chunk]]
            step, sequences = [], {}
        else:
            step.append([mode, plainly(mode, chunk)])
    return steps


def namespace_of(config):
    return config["configurable"].get("checkpoint_ns", "")


def within(snapshot):
    """Where the sub-graphs are that tasks of `snapshot` have begun, outermost first."""
    found = []
    for pending in snapshot.tasks:
        if hasattr(pending.state, "tasks") and pending.state.created_at:
            found += [pending.state.config, *within(pending.state)]
    return found


def namespaces(rows):
    """Where the sub-graphs are that tasks of a history may have begun."""
    found = {}
    for row in rows:
        for pending in row.tasks:
            if pending.state is not None:
                found.setdefault(namespace_of(pending.state), pending.state)
    return list(found.values())


def main(t):
    app = build(t).compile(checkpointer=InMemorySaver(), interrupt_before=BEFORE, interrupt_after=AFTER)
    config = {"configurable": {"thread_id": "1"}}

    async def run(label, given, at=config):
        """Run, and record what was seen; false when nothing that follows can be compared."""
        chunks, error = [], None
        at = {**at, "recursion_limit": 10}
        try:
            if ASYNC:
                async for chunk in app.astream(given, at, stream_mode=MODES, durability=DURABILITY, subgraphs=True):
                    chunks.append(chunk)
            else:
                for chunk in app.stream(given, at, stream_mode=MODES, durability=DURABILITY, subgraphs=True):
                    chunks.append(chunk)
        except Exception as raised:
            error = raised
        # Tasks that wait for other answers are entered again by LangGraph, and not by us.
        steps = by_superstep(chunks, answered=not label.endswith("partial"))
        t.record(f"{label}: error", None if error is None else type(error).__name__)
        if type(error).__name__ == "InvalidUpdateError":
            t.record(f"{label}: chunks", steps)
            return False
        state = await get(config)
        if isinstance(error, ValueError) and len(state.tasks) > 1:
            t.record(f"{label}: chunks before the failure", steps[:-2])
            return False
        t.record(f"{label}: chunks", steps)
        t.record(f"{label}: state", shown(state))
        return True

    async def get(at):
        return await app.aget_state(at, subgraphs=True) if ASYNC else app.get_state(at, subgraphs=True)

    async def history(of=config):
        return [row async for row in app.aget_state_history(of)] if ASYNC else list(app.get_state_history(of))

    async def update(at, values, name):
        return await app.aupdate_state(at, values, name) if ASYNC else app.update_state(at, values, name)

    async def operate():
        if not await run("start", {} if EMPTY_INPUT else {"x": 0}):
            return False
        bare = updated = False
        for number, (paused, stopped, idle, which, name, value, what, then) in enumerate(OPERATIONS):
            state = await get(config)
            questions = open_questions(state)
            kind = paused if questions else stopped if upcoming(state) else idle
            if (kind == "bare" and (updated or len(questions) > 1)) or (kind == "none" and bare and questions):
                kind = "map"
            label = f"{number} {kind}"
            nested = bool(within(state))
            if kind == "bare":
                going = await run(label, Command(resume=label))
            elif kind in ("map", "partial"):
                chosen = questions[: len(questions) if kind == "map" else 1]
                going = await run(label, Command(resume={question.id: f"{label}: {question.value}" for question in chosen}))
            elif kind == "none" and (questions or not MEMORY or any(pending.error for pending in state.tasks)):
                going = await run(label, None)
            elif kind == "input":
                going = await run(label, {"x": value})
            elif kind == "update" and simple(state, name):
                await update(config, {"x": value, "log": ["update"]}, name)
                t.record(f"{label}: state", shown(await get(config)))
                going = True
            elif kind in ("fork", "replay") and state.created_at:
                rows = await history()
                past = rows[which % len(rows)]
                at = past.config
                if kind == "fork":
                    if not simple(past, name):
                        continue
                    at = await update(at, {"x": value, "log": ["fork"]}, name)
                    t.record(f"{label}: forked", shown(await get(config)))
                going = await run(label, None, at)
            elif kind == "inner" and (inside := within(state) or namespaces(await history())):
                at = inside[which % len(inside)]
                if what != "update":
                    rows = await history({"configurable": {key: at["configurable"][key] for key in ("thread_id", "checkpoint_ns")}})
                    if not rows:
                        continue
                    at = rows[value % len(rows)].config
                if what != "replay":
                    steps = STEPS[[part for part in namespace_of(at).split("|") if not part.isdigit()][-1].split(":")[0]]
                    pending = [pending.name for pending in (await get(at)).tasks]
                    steps = [step for step in steps if step not in pending]
                    if not steps:
                        continue
                    step = steps[value % len(steps)]
                    at = await update(at, {"x": value, "log": [what]}, step)
                    t.record(f"{label}: {what}", shown(await get(config)))
                going = await run(label, None, config if what == "update" else at) if then else True
            else:
                continue
            bare = kind == "bare"
            updated = kind == "inner" and what != "replay"
            if not going:
                return False
            if bare and nested and open_questions(await get(config)):
                return True
        return True

    def simple(state, name):
        return name not in DEFERRED and not any(
            task.name == name or task.interrupts or task.error or task.result for task in state.tasks
        )

    async def whole():
        if await operate():
            rows = await history()
            t.record("history", [shown(row) for row in rows])
            inside = [await history(of) for of in namespaces(rows)]
            t.record("histories inside", [[shown(row) for row in each] for each in inside])
            t.record("noted", sorted(noted))

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
