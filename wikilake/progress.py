"""The progress bar that every long command shows on standard error; silent when piped."""

from __future__ import annotations

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

from wikilake.terminal import console, plain


class Description(ProgressColumn):
    """What is being done, which may be a file's name."""

    def render(self, task: Task) -> Text:
        return Text(plain(task.description))


class Rate(ProgressColumn):
    """Rows done and rows per second: of the field `rows` of a task, else of what it counts."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        rows = task.fields.get("rows", task.completed)
        rate = rows / task.elapsed if task.elapsed else 0
        return Text(f"{rows:,.0f} {self.unit}, {rate:,.0f}/s")


def progress_bar(unit: str) -> Progress:
    """A bar with what is being done, n of m, rows and rows per second, and the time left."""
    shown_on = console(stderr=True)
    return Progress(
        Description(),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(unit),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=shown_on,
        disable=not shown_on.is_terminal,
    )
