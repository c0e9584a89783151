"""The picture of `approval.py`, drawn with rich: the log scrolls, and below it the graph and the drafts move."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from approval import Board

NODES = ("plan", "write", "review", "publish", "revise")
TAGS = {
    "KILL": "bold white on red",
    "RESUME": "bold black on green",
    "OUTBOX": "bold magenta",
    "ASK": "bold cyan",
    "EDITOR": "cyan",
}


class Screen:
    """Has the methods of `approval.Plain`; `board` is read at every redraw, `picture` is the graph."""

    def __init__(self, board: Board, picture: str) -> None:
        self.board, self.picture, self.began = board, picture.strip("\n"), time.monotonic()
        self.console = Console(highlight=False)
        self.moving: Live | None = None

    def graph(self) -> Text:
        """What ran is green, what runs is yellow, what waits for the editor is blue."""
        drawn = Text(self.picture, style="grey62")
        passed = {node for row in self.board.rows.values() for node, _ in row.calls}
        active = {node for node, _ in self.board.running}
        for node in NODES:
            if node in active:
                style = "bold black on yellow"
            elif node == "review" and self.board.waiting:
                style = "bold white on blue"
            else:
                style = "bold green" if node in passed else "grey62"
            drawn.highlight_regex(rf"(?<=│) {node} (?=│)", style)
        return drawn

    def render(self) -> Panel:
        board, drafts = self.board, Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
        for column, width in (("draft", 22), ("rev", 3), ("now", 15), ("", 7), ("outbox", 21)):
            drafts.add_column(column, width=width, no_wrap=True)
        for row in board.rows.values():
            calls = row.calls.get((row.stage, row.revision), 1)
            now = Text(row.stage or row.status, style="yellow" if row.stage else "green")
            if calls > 1:
                now.append(f", call {calls}", style="bold red")
            bar = ProgressBar(total=1, completed=row.done, width=7) if row.stage else ""
            drafts.add_row(row.title, str(row.revision), now, bar, Text(row.outbox, style="magenta"))
        title = f" {board.thread}, worker {board.worker or '-'}; killed {len(board.kills)}x, resumed {board.resumes}x "
        return Panel(Group(self.graph(), Text(), drafts), title=title, width=80, border_style="blue")

    def log(self, tag: str, draft: str, text: str) -> None:
        line = Text(f"{time.monotonic() - self.began:6.2f}s ", style="grey62")
        line.append(tag, style=TAGS.get(tag, "blue")).append(" " * (8 - len(tag)))
        self.console.print(line.append(f"{draft:<7} {text}", style="default"), soft_wrap=True)

    def say(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style, markup=False, soft_wrap=True)

    def live(self, on: bool) -> None:
        """Start what moves, or stop it: it must stand still while the editor types. The last picture stays."""
        if self.moving:
            self.moving.stop()
        self.moving = None
        if on:
            self.moving = Live(get_renderable=self.render, console=self.console, transient=True, refresh_per_second=12)
            self.moving.start()
        else:
            self.console.print(self.render())
