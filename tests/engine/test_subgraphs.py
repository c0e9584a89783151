"""Sub-graphs in one process: held questions, cancellation, threads and loops, and what LangGraph cannot be compared with."""

from __future__ import annotations

import asyncio
import dataclasses
import operator
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.engine.suspended import Registry
from actograph.graph import START, StateGraph
from actograph.types import Command, ainterrupt, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


CONFIG: dict[str, Any] = {"configurable": {"thread_id": "1"}}


def chain(*nodes: tuple[str, Any], **options: Any) -> Any:
    builder = StateGraph(State)
    builder.add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name: str) -> tuple[str, Any]:
    return name, lambda state: {"log": [name]}


@asynccontextmanager
async def savers(kind: str, tmp_path: Path) -> AsyncIterator[Any]:
    if kind == "memory":
        yield InMemorySaver()
    else:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "state.sqlite")) as saver:
            yield saver


def held() -> int:
    return len(Registry.of(asyncio.get_running_loop()))


class Asks:
    """A node that awaits its answer in place, and counts how often it was entered and given up."""

    def __init__(self, question: str = "?") -> None:
        self.entered = 0
        self.given_up = 0
        self.question = question

    async def __call__(self, state: State) -> dict[str, Any]:
        self.entered += 1
        try:
            return {"log": [await ainterrupt(self.question)]}
        except asyncio.CancelledError:
            self.given_up += 1
            raise


def calls(graph: Any) -> Any:
    async def node(state: State) -> dict[str, Any]:
        return {"log": (await graph.ainvoke({"log": ["in"]}))["log"]}

    return node


# -- tasks held in place ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("saver", ["memory", "sqlite"])
@pytest.mark.parametrize("memory", [None, True])
@pytest.mark.parametrize("how", ["node", "called", "deep"])
def test_a_held_question_in_a_sub_graph_goes_on_in_place(how: str, memory: Any, saver: str, tmp_path: Path) -> None:
    ask = Asks()
    inner = chain(says("before"), ("ask", ask), says("after"), checkpointer=memory)
    node = {"node": inner, "called": calls(inner), "deep": chain(("mid", calls(chain(("deep", inner)))))}[how]

    async def main() -> None:
        async with savers(saver, tmp_path) as kept:
            app = chain(says("first"), ("sub", node), says("last"), checkpointer=kept)
            paused = await app.ainvoke({"log": []}, CONFIG)
            assert [question.value for question in paused["__interrupt__"]] == ["?"]
            assert held() == 1
            ended = await app.ainvoke(Command(resume="yes"), CONFIG)
            assert ended["log"][-3:] == ["yes", "after", "last"]
            assert (ask.entered, ask.given_up, held()) == (1, 0, 0)

    asyncio.run(main())


def test_what_differs_gives_a_held_question_up() -> None:
    ask = Asks()
    inner = chain(("ask", ask))

    async def main() -> None:
        app = chain(("sub", calls(inner)), checkpointer=InMemorySaver())
        await app.ainvoke({"log": []}, CONFIG)
        await app.ainvoke({"log": ["anew"]}, CONFIG)  # the thread starts afresh
        await asyncio.sleep(0)
        assert (ask.entered, ask.given_up, held()) == (2, 1, 1)
        await app.ainvoke(Command(resume="a", update={"log": ["u"]}), CONFIG)
        assert (ask.entered, ask.given_up, held()) == (3, 2, 0)
        await app.ainvoke({"log": []}, CONFIG)
        below = (await app.aget_state(CONFIG, subgraphs=True)).tasks[0].state.config
        await app.aupdate_state(below, {"log": ["edited"]})
        await asyncio.sleep(0)
        assert (ask.entered, ask.given_up, held()) == (4, 3, 0)
        assert (await app.ainvoke(Command(resume="b"), CONFIG))["log"][-3:] == ["in", "edited", "b"]
        await app.ainvoke({"log": []}, CONFIG)
        await app.aclose()
        assert (ask.given_up, held()) == (4, 0)

    asyncio.run(main())


def test_two_graphs_at_once_in_a_node_ask_both_and_are_answered_one_by_one() -> None:
    first, second = Asks("one?"), Asks("two?")
    entered: list[str] = []

    async def both(state: State) -> dict[str, Any]:
        entered.append("both")
        found = await asyncio.gather(
            chain(("ask", first)).ainvoke({}), chain(says("slow"), ("ask", second)).ainvoke({})
        )
        return {"log": [part["log"] for part in found]}

    async def main() -> None:
        app = chain(("sub", both), checkpointer=InMemorySaver())
        paused = await app.ainvoke({"log": []}, CONFIG)
        ids = {question.value: question.id for question in paused["__interrupt__"]}
        assert set(ids) == {"one?", "two?"}
        again = await app.ainvoke(Command(resume={ids["two?"]: "b"}), CONFIG)
        assert [question.value for question in again["__interrupt__"]] == ["one?"]
        ended = await app.ainvoke(Command(resume={ids["one?"]: "a"}), CONFIG)
        assert ended["log"] == [["a"], ["slow", "b"]]
        assert entered == ["both"] * 3
        # Graphs made anew in each call are other graphs: their tasks cannot go on in place.
        assert held() == 0
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


# -- cancelling ------------------------------------------------------------------------------------------------------------------------


def test_cancelling_the_root_cancels_and_awaits_every_run_below() -> None:
    seen: list[str] = []

    async def main() -> None:
        reached = asyncio.Event()

        async def waits(state: State) -> dict[str, Any]:
            reached.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                seen.append("ended")
            return {}

        deep = chain(("waits", waits))

        async def leaves(state: State) -> dict[str, Any]:
            beside = asyncio.create_task(deep.ainvoke({}))
            await reached.wait()
            assert not beside.done()
            await deep.ainvoke({})
            return {}

        app = chain(("sub", chain(("leaves", leaves))), checkpointer=InMemorySaver())
        run = asyncio.create_task(app.ainvoke({"log": []}, CONFIG))
        await reached.wait()
        await asyncio.sleep(0.02)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert seen == ["ended", "ended"]
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


@pytest.mark.parametrize("ends", ["returns", "fails", "commands"])
def test_a_node_that_ends_takes_the_graphs_it_left_running_with_it(ends: str) -> None:
    seen: list[str] = []

    async def main() -> None:
        reached = asyncio.Event()

        async def waits(state: State) -> dict[str, Any]:
            reached.set()
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("ended")
            return {}

        deep = chain(("waits", waits))
        left: list[asyncio.Task[Any]] = []

        async def leaves(state: State) -> Any:
            left.append(asyncio.create_task(deep.ainvoke({})))
            await reached.wait()
            if ends == "fails":
                raise ValueError("boom")
            return Command(update={"log": ["done"]}) if ends == "commands" else {"log": ["done"]}

        app = chain(("leaves", leaves))
        if ends == "fails":
            with pytest.raises(ValueError, match="boom"):
                await app.ainvoke({"log": []})
        else:
            assert (await app.ainvoke({"log": []}))["log"] == ["done"]
        assert seen == ["ended"]
        with pytest.raises(asyncio.CancelledError):
            await left[0]

    asyncio.run(main())


def test_a_graph_in_the_thread_of_a_sync_node_is_told_to_stop() -> None:
    reached, ended = threading.Event(), threading.Event()

    async def waits(state: State) -> dict[str, Any]:
        reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return {}

    deep = chain(("waits", waits))
    app = chain(("sync", lambda state: deep.invoke({})), says("beside"))

    async def main() -> None:
        run = asyncio.create_task(app.ainvoke({"log": []}))
        await asyncio.to_thread(reached.wait, 30)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert await asyncio.to_thread(ended.wait, 30)

    asyncio.run(main())


# -- threads, loops, savers ------------------------------------------------------------------------------------------------------------


def test_a_sub_graph_of_a_sync_run_works_in_the_caller_s_thread() -> None:
    seen: list[int] = []

    def look(state: State) -> dict[str, Any]:
        seen.append(threading.get_ident())
        return {}

    inner = chain(("look", look))
    chain(("sub", inner)).invoke({})
    chain(("sub", lambda state: inner.invoke({}))).invoke({})
    chain(("sub", chain(("inner", inner)))).invoke({})
    assert seen == [threading.get_ident()] * 3


def test_a_config_that_is_passed_on_leads_to_the_calling_task_where_its_context_does_not() -> None:
    inner = chain(("ask", lambda state: {"log": [interrupt("?")]}))

    def in_a_thread(state: State, config: Any) -> dict[str, Any]:
        outcome: list[Any] = []

        def work() -> None:
            try:
                outcome.append(inner.invoke({"log": []}, config)["log"])
            except BaseException as signal:
                outcome.append(signal)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        return {"log": outcome[0]}

    app = chain(("sub", in_a_thread), checkpointer=InMemorySaver())
    assert app.invoke({"log": []}, CONFIG)["__interrupt__"][0].value == "?"
    assert app.get_state(app.get_state(CONFIG).tasks[0].state or CONFIG).next
    assert app.invoke(Command(resume="yes"), CONFIG)["log"] == ["yes"]


class Foreign(BaseCheckpointSaver[Any]):
    """A saver that knows the public interface only."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = InMemorySaver()

    def get_next_version(self, current: Any, channel: None = None) -> Any:
        return self.inner.get_next_version(current, channel)

    async def aget_tuple(self, config: Any) -> Any:
        return self.inner.get_tuple(config)

    async def alist(self, config: Any, **options: Any) -> AsyncIterator[Any]:
        for found in self.inner.list(config, **options):
            yield found

    async def aput(self, *given: Any) -> Any:
        return self.inner.put(*given)

    async def aput_writes(self, *given: Any) -> None:
        self.inner.put_writes(*given)


@pytest.mark.parametrize("memory", [None, True])
def test_a_saver_with_the_public_interface_only_keeps_sub_graphs(memory: Any) -> None:
    ran: list[str] = []

    def notes(state: State) -> dict[str, Any]:
        ran.append("notes")
        return {"log": ["noted"]}

    def ask(state: State) -> dict[str, Any]:
        return {"log": [interrupt("one?"), interrupt("two?")]}

    inner = chain(("notes", notes), ("ask", ask), checkpointer=memory)

    async def main() -> None:
        app = chain(says("first"), ("sub", calls(inner)), checkpointer=Foreign())
        await app.ainvoke({"log": []}, CONFIG)
        await app.ainvoke(Command(resume=1), CONFIG)
        below = (await app.aget_state(CONFIG, subgraphs=True)).tasks[0].state
        assert below.values["log"] == ["in", "noted"]
        assert (await app.ainvoke(Command(resume=2), CONFIG))["log"] == ["first", "in", "noted", 1, 2]
        assert ran == ["notes"]
        assert len([found async for found in app.aget_state_history(CONFIG)]) == 4

    asyncio.run(main())


def test_another_process_goes_on_inside_a_sub_graph(tmp_path: Path) -> None:
    ran: list[str] = []

    def graph(saver: Any) -> Any:
        def notes(state: State) -> dict[str, Any]:
            ran.append("notes")
            return {"log": ["noted"]}

        inner = chain(("notes", notes), ("ask", lambda state: {"log": [interrupt("?")]}))
        return chain(
            ("sub", chain(("mid", lambda state: {"log": inner.invoke({"log": []})["log"]}))), checkpointer=saver
        )

    path = str(tmp_path / "state.sqlite")
    with SqliteSaver.from_conn_string(path) as saver:
        graph(saver).invoke({"log": []}, CONFIG)
    with SqliteSaver.from_conn_string(path) as saver:
        assert graph(saver).invoke(Command(resume="yes"), CONFIG)["log"] == ["noted", "yes"]
    assert ran == ["notes"]


# -- better than the original ----------------------------------------------------------------------------------------------------------


def test_two_questions_of_graphs_without_memory_in_one_node_come_to_an_end() -> None:
    inner = chain(("ask", lambda state: {"log": [interrupt("?")]}), checkpointer=False)

    def node(state: State) -> dict[str, Any]:
        return {"log": [inner.invoke({})["log"], inner.invoke({})["log"]]}

    app = chain(("sub", node), checkpointer=InMemorySaver())
    app.invoke({"log": []}, CONFIG)
    app.invoke(Command(resume="a"), CONFIG)
    assert app.invoke(Command(resume="b"), CONFIG)["log"] == [["a"], ["b"]]


def test_what_is_below_a_graph_without_memory_goes_on_inside() -> None:
    ran: list[str] = []

    def notes(name: str) -> tuple[str, Callable[[State], dict[str, Any]]]:
        def node(state: State) -> dict[str, Any]:
            ran.append(name)
            return {}

        return name, node

    deep = chain(notes("deep"), ("ask", lambda state: {"log": [interrupt("?")]}))
    middle = chain(notes("middle"), ("inner", deep), checkpointer=False)
    app = chain(("sub", middle), checkpointer=InMemorySaver())
    app.invoke({"log": []}, CONFIG)
    assert app.invoke(Command(resume="yes"), CONFIG)["log"][-1] == "yes"
    assert ran == ["middle", "deep", "middle"]


def test_an_older_pause_of_a_sub_graph_with_memory_is_found_among_later_turns() -> None:
    inner = chain(("ask", lambda state: {"log": [f"{state['x']} {interrupt('?')}"]}), checkpointer=True)
    app = chain(says("first"), ("sub", inner), checkpointer=InMemorySaver())
    app.invoke({"x": 1}, CONFIG)
    paused = app.get_state(CONFIG)
    app.invoke({"x": 2}, CONFIG)
    app.invoke(Command(resume="b"), CONFIG)
    question = paused.interrupts[0].id
    ended = app.invoke(Command(resume={question: "a"}), paused.config)
    assert ended["log"][-1] == "1 a"


# -- types -----------------------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Page:
    text: str


class Pages(TypedDict, total=False):
    page: Page


def test_the_classes_of_a_sub_graph_s_state_are_restored(tmp_path: Path) -> None:
    def graph(saver: Any) -> Any:
        builder = StateGraph(Pages).add_node("write", lambda state: {"page": Page(state["page"].text + "!")})
        builder.add_node("ask", lambda state: {"page": Page(state["page"].text + interrupt("?"))})
        inner = builder.add_edge(START, "write").add_edge("write", "ask").compile()
        return chain(
            ("sub", lambda state: {"log": [inner.invoke({"page": Page("a")})["page"].text]}), checkpointer=saver
        )

    path = str(tmp_path / "state.sqlite")
    with SqliteSaver.from_conn_string(path) as saver:
        graph(saver).invoke({"log": []}, CONFIG)
    with SqliteSaver.from_conn_string(path) as saver:
        app = graph(saver)
        assert app.get_state(CONFIG, subgraphs=True).tasks[0].state.values == {"page": Page("a!")}
        assert app.invoke(Command(resume="?"), CONFIG)["log"] == ["a!?"]
