"""A publishing desk: three drafts, one editor, and a worker that is killed twice and loses nothing.

Three drafts are written in parallel (`Send`), each waits for the editor (three parallel interrupts, answered by a map,
also a few at a time); approved ones are published, rejected ones revised and asked again. The state is an SQLite file.

The *desk*, which you look at, starts a *worker* process that runs the graph, and kills it with SIGKILL while a draft is
being written, and again between publishing a draft and the commit of that step; each time a new worker goes on from the
database. The lost step runs again, with the same key, by which the outbox knows it.

    python approval.py              in a terminal you are the editor; without one it answers by itself, in plain text
    python approval.py --state DIR  keeps the files: stop it when you like (Ctrl-C, kill -9), the same command goes on

Exit code 0: every draft was published exactly once, and the run was seen to go on after a kill. Windows has no SIGKILL;
there the worker is ended by TerminateProcess, which it cannot catch either.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import operator
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.config import get_config
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import Command, Send, interrupt

KILL = "SIGKILL" if hasattr(signal, "SIGKILL") else "TerminateProcess"
PATIENCE = 60.0  # seconds after which a run counts as hung, and fails
TOPICS = {
    "harbour": ("Harbour bridge reopens", "After nine months of work the bridge carries traffic again."),
    "library": ("Library lends tools", "Drills, ladders and a loom can now be borrowed like books."),
    "train": ("Night train returns", "Fall asleep at the coast in June, wake up in the hills."),
    "bees": ("Bees on the town hall", "Four hives on the roof gave ninety jars of honey this year."),
}

# --- the graph -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """One text on its way through the desk; a new revision is a new value."""

    id: str
    title: str
    body: str = ""
    revision: int = 1
    note: str = ""
    status: str = "planned"


class Desk(TypedDict):
    topics: list[str]
    drafts: Annotated[dict[str, Draft], operator.or_]  # parallel nodes each bring their own draft


class OneDraft(TypedDict):
    draft: Draft


@dataclass
class Shop:
    """The context of a run: what nodes use and what is not state."""

    outbox: Outbox
    pace: float
    hold: str  # in these stages the first node to come stands still, so that the desk can kill the worker right there


class Outbox:
    """The world outside: takes a text once per key, however often it is sent. Its own database, its own transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(sqlite3.connect(path, timeout=10)) as db, db:
            db.execute("CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, draft TEXT, body TEXT, attempts INT)")

    def publish(self, key: str, draft: Draft) -> int:
        """Publish `draft` unless `key` is there already; returns which attempt with this key it was."""
        with closing(sqlite3.connect(self.path, timeout=10)) as db, db:
            known = "ON CONFLICT (key) DO UPDATE SET attempts = attempts + 1"
            db.execute(f"INSERT INTO outbox VALUES (?, ?, ?, 1) {known}", (key, draft.id, draft.body))
            return int(db.execute("SELECT attempts FROM outbox WHERE key = ?", (key,)).fetchone()[0])

    def rows(self, thread: str) -> list[tuple[str, str, int]]:
        """(key, draft, attempts) of everything published for one issue."""
        query = "SELECT key, draft, attempts FROM outbox WHERE key LIKE ? || '/%' ORDER BY rowid"
        with closing(sqlite3.connect(self.path, timeout=10)) as db:
            return db.execute(query, (thread,)).fetchall()


def news(event: str, stage: str, draft: Draft, **more: Any) -> dict[str, Any]:
    """An event for the desk, sent through the custom stream."""
    return {"event": event, "stage": stage, "id": draft.id, "title": draft.title, "revision": draft.revision, **more}


async def labour(stage: str, draft: Draft, runtime: Runtime[Shop], seconds: float) -> None:
    """Take a while, and tell the stream how far it is."""
    runtime.stream_writer(news("start", stage, draft))
    for tenth in range(1, 11):
        await asyncio.sleep(seconds * runtime.context.pace / 10)
        runtime.stream_writer(news("progress", stage, draft, done=tenth / 10))


async def stand_still(stage: str, draft: Draft, runtime: Runtime[Shop]) -> None:
    """Widen the window in which the kill hits."""
    if stage in runtime.context.hold.split():
        runtime.context.hold = ""
        runtime.stream_writer(news("holding", stage, draft))
        await asyncio.sleep(PATIENCE)


def plan(state: Desk) -> dict[str, Any]:
    """A sync node: makes a draft of each topic."""
    return {"drafts": {topic: Draft(topic, TOPICS[topic][0]) for topic in state["topics"]}}


def assign(state: Desk) -> list[Send]:
    """The fan-out: one `write` task for each draft."""
    return [Send("write", {"draft": draft}) for draft in state["drafts"].values()]


async def write(work: OneDraft, runtime: Runtime[Shop]) -> Command[Any]:
    draft = work["draft"]
    await labour("write", draft, runtime, seconds=0.5 + len(draft.title) / 60)
    await stand_still("write", draft, runtime)
    draft = replace(draft, body=TOPICS[draft.id][1], status="written")
    return Command(update={"drafts": {draft.id: draft}}, goto=Send("review", {"draft": draft}))


def review(work: OneDraft) -> Command[Any]:
    """Asks the editor. The answer, `{"approved": bool, "note": str}`, arrives days or processes later."""
    draft = work["draft"]
    decision = interrupt({**asdict(draft)})
    if decision["approved"]:
        draft = replace(draft, status="approved")
        return Command(update={"drafts": {draft.id: draft}}, goto=Send("publish", {"draft": draft}))
    draft = replace(draft, status="rejected", note=decision["note"])
    return Command(update={"drafts": {draft.id: draft}}, goto=Send("revise", {"draft": draft}))


async def revise(work: OneDraft, runtime: Runtime[Shop]) -> Command[Any]:
    draft = replace(work["draft"], revision=work["draft"].revision + 1, status="revised")
    await labour("revise", draft, runtime, seconds=0.6)
    draft = replace(draft, body=f"{TOPICS[draft.id][1]} ({draft.note})")
    return Command(update={"drafts": {draft.id: draft}}, goto=Send("review", {"draft": draft}))


async def publish(work: OneDraft, runtime: Runtime[Shop]) -> dict[str, Any]:
    """A side effect that must not happen twice, in a node that may run twice: hence a key that every replay repeats."""
    draft = work["draft"]
    key = f"{get_config()['configurable']['thread_id']}/{draft.id}/r{draft.revision}"
    await labour("publish", draft, runtime, seconds=0.4)
    attempt = await asyncio.to_thread(runtime.context.outbox.publish, key, draft)
    runtime.stream_writer(news("outbox", "publish", draft, key=key, attempt=attempt))
    await stand_still("publish", draft, runtime)  # published, and not yet stored in the graph's database
    return {"drafts": {draft.id: replace(draft, status="published")}}


def build() -> StateGraph[Any, Any, Any, Any]:
    graph = StateGraph(Desk, context_schema=Shop)
    nodes: list[Any] = [plan, write, review, revise, publish]
    for node in nodes:
        graph.add_node(node)
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", assign, ["write"])
    return graph


PICTURE = """
   ┌──────┐    ┌───────┐     ┌────────┐  approved  ┌─────────┐
 ─▶│ plan │─┬─▶│ write │──┬─▶│ review │───────────▶│ publish │─▶ end
   └──────┘ ├─▶│  x 3  │  │  └────┬───┘            └─────────┘
            └─▶└───────┘  │       │ rejected
                          │  ┌────▼───┐
                          └──│ revise │
                             └────────┘   review asks the editor and waits
"""

# --- the worker: runs the graph, is killed ---------------------------------------------------------------------------


async def serve(state: Path, seed: int, pace: float, hold: str) -> None:
    """Take commands from stdin, run the graph, tell on stdout what happens, until stdin ends."""
    pipe, sys.stdout = sys.stdout, sys.stderr  # the pipe carries nothing but events
    loop, me, commands = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Queue[dict[str, Any]]()

    def listen() -> None:
        with open(0, encoding="utf-8", closefd=False) as stdin:
            for line in stdin:
                loop.call_soon_threadsafe(commands.put_nowait, json.loads(line))
        if me:
            loop.call_soon_threadsafe(me.cancel)  # the desk has gone: so does its worker, in the middle of a run too

    def tell(**event: Any) -> None:
        print(json.dumps(event), file=pipe, flush=True)

    async with AsyncSqliteSaver.from_conn_string(str(state / "desk.sqlite")) as saver:
        graph = build().compile(checkpointer=saver)
        issue, snapshot = 0, None
        while snapshot is None or (snapshot.values and not snapshot.next):  # the first issue that is not finished
            issue += 1
            config: Any = {"configurable": {"thread_id": f"issue-{issue}"}}
            snapshot = await graph.aget_state(config)
        drafts = [asdict(draft) for draft in snapshot.values.get("drafts", {}).values()]
        tell(event="ready", thread=f"issue-{issue}", next=list(snapshot.next), drafts=drafts)
        shop = Shop(Outbox(state / "outbox.sqlite"), pace, hold)
        threading.Thread(target=listen, daemon=True).start()
        while True:
            command = await commands.get()
            given: Any = None  # go on from the database
            if command["do"] == "start":
                given = {"topics": random.Random(seed * 1000 + issue).sample(sorted(TOPICS), 3), "drafts": {}}
            elif command["do"] == "answer":
                given = Command(resume=command["answers"])
            questions: dict[str, Any] = {}
            how: Any = {"context": shop, "stream_mode": ["updates", "custom"], "durability": "sync"}
            async with asyncio.timeout(PATIENCE):
                async for mode, chunk in graph.astream(given, config, **how):
                    if mode == "custom":
                        tell(**chunk)
                        continue
                    stored = chunk.get("__metadata__", {}).get("cached", False)  # done before the kill: not run again
                    for node, update in chunk.items():
                        if node == "__interrupt__":
                            questions |= {waiting.id: waiting.value for waiting in update}
                        elif node != "__metadata__":
                            for draft in update["drafts"].values():
                                tell(event="done", stage=node, stored=stored, **asdict(draft))
            tell(event="paused" if questions else "finished", questions=questions)


class Worker:
    """The worker as the desk sees it: commands in, events out, and the kill."""

    def __init__(self, options: argparse.Namespace, hold: str) -> None:
        self.log = options.state / "worker.log"
        command = [sys.executable, str(Path(__file__).resolve()), "--worker", hold, "--state", str(options.state)]
        command += ["--seed", str(options.seed), "--pace", str(options.pace)]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C at the desk is the desk's to handle.
            pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log, "encoding": "utf-8"}
            self.process: Any = subprocess.Popen(command, start_new_session=True, **pipes)

    def send(self, do: str, **more: Any) -> None:
        with suppress(BrokenPipeError):  # a worker that died: `events` comes to its end
            self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
            self.process.stdin.flush()

    def events(self) -> Iterator[dict[str, Any]]:
        return map(json.loads, self.process.stdout)

    def kill(self) -> int:
        """SIGKILL: no handler, no `finally`, no flush. Returns the exit code."""
        self.process.kill()
        return int(self.process.wait())

    def close(self) -> None:
        with suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self.process.stdin.close()  # the end of its stdin is the worker's sign to close the database and go
            self.process.wait(2)
        self.kill()
        self.process.stdout.close()


# --- the desk: what is on the screen ---------------------------------------------------------------------------------


@dataclass
class Row:
    """What the desk knows of one draft."""

    title: str
    revision: int = 1
    status: str = "planned"
    stage: str = ""  # the node at work on it now
    done: float = 0.0
    calls: dict[tuple[str, int], int] = field(default_factory=dict)  # (node, revision): how often it was entered
    outbox: str = ""


@dataclass
class Board:
    """Everything that is on the screen, made of the workers' events."""

    thread: str = "desk"
    worker: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    running: set[tuple[str, str]] = field(default_factory=set)  # (node, draft)
    waiting: int = 0
    kills: list[str] = field(default_factory=list)  # the nodes in which a worker was killed
    resumes: int = 0


class Plain:
    """Lines of text that one can scan. `approval_screen.Screen` has the same methods."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        print(PICTURE)

    def log(self, tag: str, draft: str, text: str) -> None:
        print(f"{time.monotonic() - self.began:6.2f}s {tag:<7} {draft:<7} {text}", flush=True)

    def say(self, text: str, style: str = "") -> None:
        print(text, flush=True)

    def live(self, on: bool) -> None:
        print(end="" if on else "\n")


class Editor:
    """Answers the waiting questions, not always all: from the keyboard, or by itself (one, then two, one rejected)."""

    def __init__(self, view: Plain, by_itself: bool, seed: int) -> None:
        self.view, self.by_itself, self.chance = view, by_itself, random.Random(seed)

    def answers(self, questions: dict[str, dict[str, Any]]) -> dict[str, Any]:
        if self.by_itself:
            chosen = self.chance.sample(list(questions), 1 if len(questions) > 2 else len(questions))
            rejected = chosen[0] if len(questions) == 2 else None
            return {id: {"approved": id != rejected, "note": "now with the mayor's view"} for id in chosen}
        answers: dict[str, Any] = {}
        while not answers:
            for id, asked in questions.items():
                self.view.say(f"\n  {asked['title']} (revision {asked['revision']})", style="bold cyan")
                self.view.say(f"  {asked['body']}")
                while (choice := input("  [a]pprove, [r]eject, [l]ater? ").strip().lower()[:1] or "?") not in "arl":
                    pass
                if choice != "l":
                    note = input("  What should change? ") if choice == "r" else ""
                    answers[id] = {"approved": choice == "a", "note": note}
        return answers


def show(board: Board, view: Plain, event: dict[str, Any]) -> None:
    """Bring one event of a worker to the board and into the log."""
    kind, stage, draft = event["event"], event.get("stage", ""), event.get("id", "")
    if not draft:
        return
    row = board.rows.setdefault(draft, Row(event["title"]))
    if kind == "start":
        row.revision, row.stage, row.done = event["revision"], stage, 0.0
        board.running.add((stage, draft))
        call = row.calls[stage, row.revision] = row.calls.get((stage, row.revision), 0) + 1
        view.log(stage, draft, "starts" if call == 1 else f"starts again, call {call}")
    elif kind == "progress":
        row.done = event["done"]
    elif kind == "done":
        board.running.discard((stage, draft))
        row.revision, row.stage, row.status = event["revision"], "", event["status"]
        row.calls.setdefault((stage, row.revision), 1)
        view.log(stage, draft, row.status + (" (read from the database, not run again)" if event["stored"] else ""))
    elif kind == "outbox":
        first = event["attempt"] == 1
        row.outbox = "once" if first else "once; attempt 2 known"
        view.log("OUTBOX", draft, f"{'published' if first else 'second attempt recognised'}, key {event['key']}")


def attend(board: Board, view: Plain, editor: Editor, worker: Worker, pace: float) -> bool:
    """Serve one worker until the issue is finished (True) or the worker had to die (False)."""
    victim: tuple[str, str] | None = None
    for event in worker.events():
        show(board, view, event)
        if event["event"] == "ready":
            board.thread, board.worker = event["thread"], worker.process.pid
            for draft in event["drafts"]:
                board.rows.setdefault(draft["id"], Row(draft["title"], draft["revision"], draft["status"]))
            if unfinished := ", ".join(sorted(set(event["next"]))):
                board.resumes += 1
                view.log("RESUME", "-", f"worker {board.worker} goes on from the database at: {unfinished}")
            else:
                view.log("START", "-", f"worker {board.worker}: a new issue")
            worker.send("continue" if unfinished else "start")
        elif event["event"] == "holding":
            victim = (event["stage"], event["id"])
        elif event["event"] == "paused":
            questions = event["questions"]
            board.waiting = len(questions)
            view.log("ASK", "-", f"{len(questions)} waiting: {', '.join(q['id'] for q in questions.values())}")
            time.sleep(pace / 2)  # only for the eye
            view.live(on=editor.by_itself)
            answers = editor.answers(questions)
            view.live(on=True)
            for id, answer in answers.items():
                text = "approved" if answer["approved"] else f"rejected: {answer['note']}"
                view.log("EDITOR", questions[id]["id"], text)
            board.waiting -= len(answers)
            worker.send("answer", answers=answers)
        elif event["event"] == "finished":
            return True
        if victim and board.running == {victim}:  # its siblings are done; it alone stands still
            time.sleep(pace)  # only for the eye
            worker.kill()
            board.kills.append(victim[0])
            board.running.clear()
            board.rows[victim[1]].stage, board.rows[victim[1]].status = "", "lost call"
            where = "between publishing and commit" if victim[0] == "publish" else "in the middle of writing"
            view.log("KILL", victim[1], f"{KILL} hits worker {board.worker} {where}")
            return False
    told = worker.log.read_text(errors="replace")[-2000:]
    raise SystemExit(f"The worker ended by itself (exit code {worker.kill()}). The end of {worker.log}:\n{told}")


def run_desk(options: argparse.Namespace, board: Board, view: Plain, editor: Editor) -> int:
    """Workers come and go until the issue is finished; then look whether everything is as promised."""
    finished = continued = False
    view.live(on=True)
    try:
        while not finished:
            hold = [stage for stage in ("write", "publish") if stage not in board.kills]
            with closing(Worker(options, " ".join(hold))) as worker:
                finished = attend(board, view, editor, worker, options.pace)
            continued |= board.resumes > len(board.kills)  # an earlier desk began this issue
    finally:
        view.live(on=False)
    rows = Outbox(options.state / "outbox.sqlite").rows(board.thread)
    with closing(sqlite3.connect(options.state / "desk.sqlite")) as db:
        intact = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    checks = {
        f"{len(rows)} drafts published, each exactly once": sorted(row[1] for row in rows) == sorted(board.rows),
        f"the worker was killed {len(board.kills)}x, and {board.resumes}x the run went on from the database": (
            board.resumes >= max(1, len(board.kills)) and (continued or board.kills == ["write", "publish"])
        ),
        "the database passes PRAGMA integrity_check": intact,
    }
    if "publish" in board.kills or not continued:
        checks["the second attempt to publish was recognised by its key"] = any(row[2] > 1 for row in rows)
    for check, good in checks.items():
        view.say(f"{'ok' if good else 'FAILED':<7} {check}", "green" if good else "bold red")
    for key, _, attempts in rows:
        view.say(f"        {key:<20} published once, {attempts} attempt{'s' * (attempts > 1)}")
    view.say(f"        {time.monotonic() - view.began:.1f} s")
    return 0 if all(checks.values()) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--auto", action="store_true", help="answer by itself (always so without a terminal)")
    parser.add_argument("--plain", action="store_true", help="plain text, also in a terminal")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the files here (default: temporary)")
    parser.add_argument("--seed", type=int, default=1, help="topics and the automatic editor's choices (default: 1)")
    parser.add_argument("--pace", type=float, help="how long a second of work takes (0.6 on a screen, else 0.3)")
    parser.add_argument("--worker", metavar="HOLD", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker is not None:
        with suppress(asyncio.CancelledError):
            asyncio.run(serve(options.state, options.seed, options.pace, hold=options.worker))
        return 0
    stdout: Any = sys.stdout
    stdout.reconfigure(errors="replace")  # the picture must not break an ASCII terminal
    screen, temporary = sys.stdout.isatty(), options.state is None
    options.state = Path(tempfile.mkdtemp(prefix="actograph-desk-")) if temporary else options.state.resolve()
    options.state.mkdir(parents=True, exist_ok=True)
    options.pace = options.pace if options.pace is not None else 0.6 if screen else 0.3
    print(f"Publishing desk: three drafts, one editor, a worker that dies twice.\nState: {options.state}", flush=True)
    board = Board()
    view: Any = None
    if screen and not options.plain:
        try:
            from approval_screen import Screen

            view = Screen(board, PICTURE)
        except ImportError as missing:
            print(f"Plain text only ({missing}). The screen needs: pip install 'actograph[cli]'", file=sys.stderr)
    view = view or Plain()
    editor = Editor(view, options.auto or not (screen and sys.stdin.isatty()), options.seed)
    try:
        code = run_desk(options, board, view, editor)
    except (KeyboardInterrupt, EOFError):
        print(f"\nStopped. To go on: python {sys.argv[0]} --state {options.state}", file=sys.stderr)
        return 130
    if temporary and code == 0:
        shutil.rmtree(options.state, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
