"""The progress bar that every long command shows on standard error; silent when piped."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Rate(ProgressColumn):
    """Rows done and rows a second: of the field `rows` of a task, else of what it counts."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        rows = task.fields.get("rows", task.completed)
        rate = rows / task.elapsed if task.elapsed else 0
        return Text(f"{rows:,.0f} {self.unit}, {rate:,.0f}/s")


def progress_bar(unit: str) -> Progress:
    """A bar with what is being done, n of m, rows and rows a second, and the time left."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(unit),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
