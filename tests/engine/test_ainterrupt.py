"""Tasks held by `await ainterrupt(...)`: continued in place when nothing differs, replayed when anything does, and equal in the end."""

from __future__ import annotations

import asyncio
import gc
import operator
import os
import random
import signal
import subprocess
import sys
import textwrap
import weakref
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.config import get_stream_writer
from actograph.engine.suspended import HeldTasks, Registry
from actograph.errors import TaskEvicted
from actograph.graph import END, START, StateGraph
from actograph.runtime import Runtime
from actograph.types import Command, Send, ainterrupt, interrupt


class State(TypedDict, total=False):
    topic: str
    answer: str
    log: Annotated[list[str], operator.add]


def thread(name: str = "t", **more: Any) -> dict[str, Any]:
    return {"configurable": {"thread_id": name, **more}}


class Desk:
    """A graph whose one node counts its entries outside of the state."""

    def __init__(self) -> None:
        self.entries = 0
        self.events: list[str] = []

    def compile(self, saver: Any) -> Any:
        async def ask(state: State) -> dict[str, Any]:
            self.entries += 1
            self.events.append(f"enter {state['topic']}")
            try:
                answer = await ainterrupt(f"publish {state['topic']}?")
            except BaseException as error:
                self.events.append(type(error).__name__)
                raise
            return {"answer": answer, "log": [f"{state['topic']}: {answer}"]}

        return (
            StateGraph(State)
            .add_node("ask", ask)
            .add_edge(START, "ask")
            .add_edge("ask", END)
            .compile(checkpointer=saver)
        )


def test_resumed_in_the_same_process_the_node_is_entered_once() -> None:
    async def main() -> None:
        desk = Desk()
        graph = desk.compile(InMemorySaver())
        paused = await graph.ainvoke({"topic": "tea"}, thread())
        assert [question.value for question in paused["__interrupt__"]] == ["publish tea?"]
        state = await graph.aget_state(thread())
        assert state.next == ("ask",) and state.interrupts == tuple(paused["__interrupt__"])
        done = await graph.ainvoke(Command(resume="yes"), thread())
        assert done == {"topic": "tea", "answer": "yes", "log": ["tea: yes"]}
        assert desk.entries == 1
        assert len(Registry.of(asyncio.get_running_loop())) == 0

    asyncio.run(main())


WORKER = """
import asyncio, os, sys
from typing import Any, TypedDict
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, ainterrupt

class State(TypedDict, total=False):
    topic: str
    answer: str

async def ask(state: State) -> dict[str, Any]:
    with open(sys.argv[2], "a") as entries:
        entries.write("entered\\n")
    return {"answer": await ainterrupt("ok?")}

async def main() -> None:
    builder = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").add_edge("ask", END)
    async with AsyncSqliteSaver.from_conn_string(sys.argv[1]) as saver:
        graph = builder.compile(checkpointer=saver)
        config = {"configurable": {"thread_id": "1"}}
        if sys.argv[3] != "resume":
            assert "__interrupt__" in await graph.ainvoke({"topic": "x"}, config, durability="sync")
        if sys.argv[3] == "pause":
            print("paused", flush=True)
            await asyncio.sleep(60)
        print(sorted((await graph.ainvoke(Command(resume="yes"), config)).items()), flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_killed_in_between_the_node_is_entered_twice_with_an_equal_end(tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text(textwrap.dedent(WORKER))

    def command(database: str, mode: str) -> list[str]:
        return [sys.executable, str(script), str(tmp_path / database), str(tmp_path / f"{database}.entries"), mode]

    with subprocess.Popen(command("killed.db", "pause"), stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "paused\n"
        os.kill(worker.pid, signal.SIGKILL)
    replayed = subprocess.run(command("killed.db", "resume"), capture_output=True, text=True, check=True, timeout=30)
    alive = subprocess.run(command("alive.db", "both"), capture_output=True, text=True, check=True, timeout=30)
    assert replayed.stdout == alive.stdout == "[('answer', 'yes'), ('topic', 'x')]\n"
    assert (tmp_path / "killed.db.entries").read_text().count("entered") == 2
    assert (tmp_path / "alive.db.entries").read_text().count("entered") == 1


@pytest.mark.parametrize("change", ["update", "update_state", "other user", "other context"])
def test_a_change_of_the_thread_or_its_user_replays_and_sees_the_new_values(change: str) -> None:
    async def main() -> None:
        seen: list[Any] = []

        async def ask(state: State, config: dict[str, Any], runtime: Runtime[Any]) -> dict[str, Any]:
            seen.append((state["topic"], config["configurable"].get("user"), (runtime.context or {}).get("who")))
            answer = await ainterrupt("go?")
            return {
                "answer": f"{answer} {state['topic']} {config['configurable'].get('user')} {(runtime.context or {}).get('who')}"
            }

        builder = StateGraph(State, context_schema=dict).add_node("ask", ask).add_edge(START, "ask")
        graph = builder.compile(checkpointer=InMemorySaver())
        await graph.ainvoke({"topic": "old"}, thread(user="ann"), context={"who": "x"})
        resume = Command(resume="yes")
        config, context, topic = thread(user="ann"), {"who": "x"}, "old"
        if change == "update":
            resume, topic = Command(resume="yes", update={"topic": "new"}), "new"
        elif change == "update_state":
            await graph.aupdate_state(thread(), {"topic": "new"}, as_node="__start__")
            topic = "new"
        elif change == "other user":
            config = thread(user="bob")
        else:
            context = {"who": "y"}
        done = await graph.ainvoke(resume, config, context=context)
        user, who = config["configurable"]["user"], context["who"]
        assert done["answer"] == f"yes {topic} {user} {who}"
        assert seen == [("old", "ann", "x"), (topic, user, who)]

    asyncio.run(main())


def test_a_timeout_inside_the_held_node_evicts_and_the_resume_replays() -> None:
    async def main() -> None:
        entries = 0
        fired = asyncio.Event()

        async def ask(state: State) -> dict[str, Any]:
            nonlocal entries
            entries += 1
            try:
                async with asyncio.timeout(0.02 if entries == 1 else None):
                    answer = await ainterrupt("in time?")
            except (TimeoutError, TaskEvicted):
                fired.set()
                raise
            return {"answer": answer}

        graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
        await graph.ainvoke({"topic": "x"}, thread())
        await fired.wait()
        assert len(Registry.of(asyncio.get_running_loop())) == 0
        assert (await graph.aget_state(thread())).next == ("ask",)
        assert (await graph.ainvoke(Command(resume="yes"), thread()))["answer"] == "yes"
        assert entries == 2

    asyncio.run(main())


def test_a_timeout_before_the_run_pauses_is_the_nodes_own_affair() -> None:
    async def main() -> None:
        async def ask(state: State) -> dict[str, Any]:
            try:
                async with asyncio.timeout(0.01):
                    return {"answer": await ainterrupt("quick?")}
            except TimeoutError:
                return {"answer": "nobody came"}

        async def slow(state: State) -> dict[str, Any]:
            await asyncio.sleep(0.05)
            return {"log": ["slow"]}

        builder = (
            StateGraph(State).add_node("ask", ask).add_node("slow", slow).add_edge(START, "ask").add_edge(START, "slow")
        )
        done = await builder.compile(checkpointer=InMemorySaver()).ainvoke({"topic": "x"}, thread())
        assert done == {"topic": "x", "answer": "nobody came", "log": ["slow"]}

    asyncio.run(main())


def test_a_second_asyncio_run_replays(tmp_path: Path) -> None:
    desk = Desk()
    saver = InMemorySaver()
    graph = desk.compile(saver)
    asyncio.run(graph.ainvoke({"topic": "tea"}, thread()))
    assert desk.events == ["enter tea", "TaskEvicted"], "the end of the loop gives held tasks up"
    done = asyncio.run(graph.ainvoke(Command(resume="yes"), thread()))
    assert done["answer"] == "yes"
    assert desk.entries == 2


def test_sync_calls_of_one_thread_hold_tasks_between_them() -> None:
    desk = Desk()
    graph = desk.compile(InMemorySaver())
    graph.invoke({"topic": "tea"}, thread())
    assert graph.invoke(Command(resume="yes"), thread())["answer"] == "yes"
    assert desk.entries == 1


def test_aclose_gives_held_tasks_up_in_order() -> None:
    async def main() -> None:
        desk = Desk()
        async with desk.compile(InMemorySaver()) as graph:
            await graph.ainvoke({"topic": "tea"}, thread())
            assert len(Registry.of(asyncio.get_running_loop())) == 1
        assert desk.events == ["enter tea", "TaskEvicted"]
        assert (await graph.ainvoke(Command(resume="yes"), thread()))["answer"] == "yes"
        assert desk.entries == 2

    asyncio.run(main())


def test_dropping_the_graph_gives_held_tasks_up() -> None:
    async def main() -> None:
        desk = Desk()
        saver = InMemorySaver()
        graph = desk.compile(saver)
        await graph.ainvoke({"topic": "tea"}, thread())
        life = weakref.ref(graph)
        del graph
        gc.collect()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert life() is None
        assert desk.events == ["enter tea", "TaskEvicted"]

    asyncio.run(main())


def test_deleting_the_thread_gives_held_tasks_up() -> None:
    async def main() -> None:
        desk = Desk()
        saver = InMemorySaver()
        graph = desk.compile(saver)
        await graph.ainvoke({"topic": "tea"}, thread())
        await saver.adelete_thread("t")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert desk.events == ["enter tea", "TaskEvicted"]

    asyncio.run(main())


def test_what_a_held_node_emits_goes_to_the_stream_of_the_run_that_resumes_it() -> None:
    async def main() -> None:
        async def ask(state: State) -> dict[str, Any]:
            writer = get_stream_writer()
            writer("before")
            answer = await ainterrupt("go?")
            writer(f"after {answer}")
            return {"answer": answer}

        graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
        first = [chunk async for chunk in graph.astream({"topic": "x"}, thread(), stream_mode="custom")]
        second = [chunk async for chunk in graph.astream(Command(resume="yes"), thread(), stream_mode="custom")]
        assert (first, second) == (["before"], ["after yes"])

    asyncio.run(main())


def test_questions_asked_at_once_need_keys_and_are_answered_in_any_order() -> None:
    async def main() -> None:
        entries = 0

        async def ask(state: State) -> dict[str, Any]:
            nonlocal entries
            entries += 1
            answers = await asyncio.gather(*(ainterrupt(f"tool {name}?", key=name) for name in ("a", "b", "c")))
            return {"log": list(answers)}

        graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
        paused = await graph.ainvoke({"topic": "x"}, thread())
        ids = {question.value: question.id for question in paused["__interrupt__"]}
        assert list(ids) == ["tool a?", "tool b?", "tool c?"]
        partly = await graph.ainvoke(Command(resume={ids["tool c?"]: "C"}), thread())
        assert [question.value for question in partly["__interrupt__"]] == ["tool a?", "tool b?"]
        done = await graph.ainvoke(Command(resume={ids["tool b?"]: "B", ids["tool a?"]: "A"}), thread())
        assert done["log"] == ["A", "B", "C"]
        assert entries == 1

    asyncio.run(main())


def test_several_questions_one_after_the_other_in_one_entry(tmp_path: Path) -> None:
    async def main() -> None:
        entries = 0

        async def ask(state: State) -> dict[str, Any]:
            nonlocal entries
            entries += 1
            first = await ainterrupt("first?")
            second = await ainterrupt(f"second, after {first}?")
            return {"log": [first, second]}

        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "x.db")) as saver:
            graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=saver)
            await graph.ainvoke({"topic": "x"}, thread())
            paused = await graph.ainvoke(Command(resume=1), thread())
            assert [question.value for question in paused["__interrupt__"]] == ["second, after 1?"]
            await graph.aclose()
            assert (await graph.ainvoke(Command(resume=2), thread()))["log"] == [1, 2]
            assert entries == 2, "held through the first answer, replayed with it after the eviction"

    asyncio.run(main())


def test_live_and_replayed_runs_end_in_equal_states(tmp_path: Path) -> None:
    async def ask(state: State) -> dict[str, Any]:
        one = await ainterrupt("one?")
        two = interrupt("two?")
        return {"log": [one, two]}

    async def run(evict: bool) -> Any:
        graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
        await graph.ainvoke({"topic": "x"}, thread())
        if evict:
            await graph.aclose()
        await graph.ainvoke(Command(resume="1"), thread())
        if evict:
            await graph.aclose()
        await graph.ainvoke(Command(resume="2"), thread())
        return [
            (snapshot.values, snapshot.next, snapshot.metadata) async for snapshot in graph.aget_state_history(thread())
        ]

    assert asyncio.run(run(False)) == asyncio.run(run(True))


def held(count: int, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldTasks, "limit", limit)

    async def main() -> None:
        desk = Desk()
        graph = desk.compile(InMemorySaver())
        registry = Registry.of(asyncio.get_running_loop())
        for number in range(count):
            await graph.ainvoke({"topic": str(number)}, thread(str(number)))
            assert len(registry) <= limit
        order = list(range(count))
        random.Random(7).shuffle(order)
        for number in order:
            done = await graph.ainvoke(Command(resume=f"a{number}"), thread(str(number)))
            assert done == {"topic": str(number), "answer": f"a{number}", "log": [f"{number}: a{number}"]}
        assert desk.entries == count + (count - limit), "only those beyond the bound ran again"
        assert len(registry) == 0
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_many_held_tasks_answered_in_random_order(monkeypatch: pytest.MonkeyPatch) -> None:
    held(500, 50, monkeypatch)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_ten_thousand_held_tasks_with_the_bound_at_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    held(10_000, 1_000, monkeypatch)


def test_idle_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldTasks, "seconds", 0.02)

    async def main() -> None:
        desk = Desk()
        graph = desk.compile(InMemorySaver())
        await graph.ainvoke({"topic": "tea"}, thread())
        registry = Registry.of(asyncio.get_running_loop())
        async with asyncio.timeout(5):
            while len(registry):
                await asyncio.sleep(0.01)
        assert (await graph.ainvoke(Command(resume="yes"), thread()))["answer"] == "yes"
        assert desk.entries == 2

    asyncio.run(main())


def test_parallel_sends_wait_in_place_each_for_its_own_answer() -> None:
    async def main() -> None:
        entered: list[str] = []

        async def ask(state: State) -> dict[str, Any]:
            entered.append(state["topic"])
            return {"log": [f"{state['topic']}={await ainterrupt(state['topic'])}"]}

        def fan(state: State) -> list[Send]:
            return [Send("ask", {"topic": topic}) for topic in ("a", "b", "c")]

        graph = (
            StateGraph(State)
            .add_node("ask", ask)
            .add_conditional_edges(START, fan, ["ask"])
            .compile(checkpointer=InMemorySaver())
        )
        paused = await graph.ainvoke({"topic": "x"}, thread())
        ids = {question.value: question.id for question in paused["__interrupt__"]}
        await graph.ainvoke(Command(resume={ids["b"]: 2}), thread())
        done = await graph.ainvoke(Command(resume={ids["c"]: 3, ids["a"]: 1}), thread())
        assert done["log"] == ["a=1", "b=2", "c=3"]
        assert entered == ["a", "b", "c"]

    asyncio.run(main())
