"""Windows: as many hours in a row as one run takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from wikilake import settings
from wikilake.lake import raw
from wikilake.lake.hours import HOUR, hours_between
from wikilake.settings import HOUR_FORMAT

SHARE_OF_MEMORY = 0.25
"""Raw bytes of a window, unless a setting says how many, of the memory that DuckDB may take."""

UNLIMITED = 512
"""Mebibytes of a window where the memory is no number of bytes."""


@dataclass(frozen=True)
class Window:
    """The hours from `first` up to, but not including, `end`: what one run makes."""

    first: datetime
    end: datetime

    @property
    def hours(self) -> list[datetime]:
        return list(hours_between(self.first, self.end))

    @property
    def is_one_hour(self) -> bool:
        return self.end - self.first == HOUR

    @property
    def variables(self) -> dict[str, str]:
        """dbt's variables that name it."""
        return {"from": f"{self.first:{HOUR_FORMAT}}", "to": f"{self.end:{HOUR_FORMAT}}"}

    def halves(self) -> tuple[Window, Window]:
        middle = self.first + (self.end - self.first) // HOUR // 2 * HOUR
        return Window(self.first, middle), Window(middle, self.end)

    def __str__(self) -> str:
        if self.is_one_hour:
            return f"{self.first:{HOUR_FORMAT}}"
        return f"{self.first:{HOUR_FORMAT}} to {self.end:{HOUR_FORMAT}}"


def windows(
    first: datetime, end: datetime, bytes_of: Callable[[datetime], float] = raw.raw_bytes
) -> Iterator[Window]:
    """Cuts hours into windows: of as many raw bytes as one run takes, within a calendar month.

    `bytes_of` says how many bytes of raw lines an hour is worth. An hour with more is a window of
    its own; so is one whose files cannot be looked at, so that nothing else fails with it.
    """
    budget, begun, bytes_ = budget_of_window(), first, 0.0
    for hour in hours_between(first, end):
        size = float("inf")
        with suppress(raw.RawFileError):  # said when the window is made
            size = bytes_of(hour)
        begins_a_month = hour.day == 1 and hour.hour == 0
        if hour > begun and (bytes_ + size > budget or begins_a_month):
            yield Window(begun, hour)
            begun, bytes_ = hour, 0
        bytes_ += size
    if begun < end:
        yield Window(begun, end)


def budget_of_window() -> float:
    """How many bytes of raw lines a window of several hours may have."""
    given = settings.given("WIKILAKE_WINDOW")
    size = settings.mebibytes(given) if given else None
    if size is None:
        memory = settings.mebibytes(settings.value("WIKILAKE_MEMORY"))
        size = UNLIMITED if memory is None else int(memory * SHARE_OF_MEMORY)
    return size * 2.0**20
