"""Progress that a person can follow: a bar and tables with rich in a terminal, one plain line per process otherwise."""

from __future__ import annotations

import importlib.util
import sys
import time
from types import TracebackType
from typing import Any

from benchmarks import report
from benchmarks.runner import Step


class Plain:
    """Lines of text: works in a log, and needs nothing installed."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.began = time.monotonic()

    def __enter__(self) -> Plain:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def step(self, step: Step) -> None:
        """Tells of a process that has ended."""
        self.done += 1
        self.say(
            f"[{self.done:>3}/{self.total}] {time.monotonic() - self.began:5.0f} s  round {step.round}/{step.rounds}  "
            f"{step.workload.name:<13} {step.runtime.title:<24} {step.text}"
        )

    def say(self, text: str) -> None:
        """Prints a line."""
        print(text, flush=True)

    def table(self, table: report.Table) -> None:
        """Prints a table."""
        self.say("\n" + report.plain(table) + "\n")


class Rich(Plain):
    """A bar with the remaining time, and tables with borders."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self.console = Console()
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
        )
        self.task: Any = self.bar.add_task("starting", total=total)

    def __enter__(self) -> Rich:
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def step(self, step: Step) -> None:
        """Moves the bar, and says what the process found."""
        self.bar.update(self.task, advance=1, description=f"{step.workload.name} {step.round}/{step.rounds}")
        super().step(step)
        self.bar.refresh()

    def say(self, text: str) -> None:
        """Prints a line above the bar."""
        self.console.print(text, highlight=False, markup=False)

    def table(self, table: report.Table) -> None:
        """Prints a table above the bar."""
        from rich.markup import escape
        from rich.table import Table

        drawn = Table(title=escape(table.title), title_justify="left", caption_justify="left")
        drawn.caption = escape("\n".join(table.notes)) or None
        for index, heading in enumerate(table.headings):
            drawn.add_column(escape(heading), justify="left" if index == 0 else "right", overflow="fold")
        for row in table.rows:
            drawn.add_row(*(escape(cell) for cell in row), style="red" if row[-1] == "missed" else None)
        self.console.print(drawn)


def make(total: int) -> Plain:
    """Rich in a terminal where it is installed, plain lines otherwise."""
    if sys.stdout.isatty() and importlib.util.find_spec("rich") is not None:
        return Rich(total)
    return Plain(total)
